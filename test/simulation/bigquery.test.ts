import { expect, test } from '@jest/globals';
import { bigqueryRig } from './support/rigs.ts';
import { readOrder, reportBroken } from './support/order.ts';
import { simulate } from './support/simulate.ts';

// Each job of the stand-in takes milliseconds of CPU, and a schedule some hundred: more of them on demand.
const { schedules, seed } = readOrder(10);

test(
  `BigQuery: nothing is lost or doubled in ${schedules} schedules of crashes, lost answers, throttling, moving pages and two writers`,
  async () => {
    const { broken } = await simulate({ ...bigqueryRig, seed, schedules });
    expect(await reportBroken(broken, bigqueryRig)).toEqual([]);
  },
  120_000 + schedules * 5_000,
);
