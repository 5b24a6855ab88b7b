import { afterAll, beforeAll } from '@jest/globals';
import type { Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { describeUpgrade } from '../suite/upgrade-suite.ts';
import { bigqueryRig } from './rig.ts';
import { startJudged } from './start-judged.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startJudged();
});
afterAll(() => server.close());

describeUpgrade(bigqueryRig(() => server));
