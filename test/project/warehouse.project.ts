import { afterAll, describe } from '@jest/globals';
import { describeBooks } from '../warehouses/suite/books-suite.ts';
import { describeBuilds } from '../warehouses/suite/build-suite.ts';
import { describeCommits } from '../warehouses/suite/commit-suite.ts';
import { describeCompany } from '../warehouses/suite/company-suite.ts';
import { describeDecimals } from '../warehouses/suite/decimals-suite.ts';
import { describeFields } from '../warehouses/suite/fields-suite.ts';
import { describeGroups } from '../warehouses/suite/group-suite.ts';
import { describeSets } from '../warehouses/suite/set-suite.ts';
import { describeStaging } from '../warehouses/suite/stage-suite.ts';
import { describeUpgrade } from '../warehouses/suite/upgrade-suite.ts';
import { openProject } from './project-rig.ts';

/** `npm run test:bigquery`: the whole warehouse suite on a project of Google's. It is no part of `npm test`. */
const { rig, removeDatasets } = openProject(process.env);

const suites = {
  ...{ describeStaging, describeCommits, describeGroups, describeSets, describeFields },
  ...{ describeDecimals, describeBooks, describeBuilds, describeUpgrade, describeCompany },
};

for (const [name, suite] of Object.entries(suites)) {
  describe(name, () => {
    suite(rig);
  });
}

afterAll(async () => {
  await removeDatasets();
});
