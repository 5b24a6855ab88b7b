import { describeCommits } from '../suite/commit-suite.ts';
import { duckdbRig } from './fixtures.ts';

describeCommits(duckdbRig);
