import { expect, test } from '@jest/globals';
import { bigqueryHttpRig, bigqueryRig } from './support/bigquery-rig.ts';
import { findUnstruck } from './support/find-unstruck.ts';
import { readOrder, reportBroken } from './support/order.ts';
import { simulate } from './support/simulate.ts';

const { schedules, seed, isOrdinary } = readOrder(2_000);

test(
  `BigQuery: nothing is lost or doubled in ${schedules} schedules of crashes, lost answers, throttling, moving pages and two writers`,
  async () => {
    const { broken, seen } = await simulate({ ...bigqueryRig, seed, schedules });
    expect(await reportBroken(broken, bigqueryRig)).toEqual([]);
    if (isOrdinary) expect(findUnstruck(seen)).toEqual([]);
  },
  // Minutes only where others keep the machine busy.
  300_000 + schedules * 300,
);

test('so it is over HTTP, for a few', async () => {
  const { broken } = await simulate({ ...bigqueryHttpRig, seed, schedules: 5 });
  expect(await reportBroken(broken, bigqueryHttpRig)).toEqual([]);
}, 120_000);
