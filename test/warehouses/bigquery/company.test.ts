import { afterAll, beforeAll } from '@jest/globals';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { describeCompany } from '../suite/company-suite.ts';
import { bigqueryRig } from './rig.ts';

let server: Bigquery;
beforeAll(async () => {
  server = await startBigquery();
});
afterAll(() => server.close());

describeCompany(bigqueryRig(() => server));
