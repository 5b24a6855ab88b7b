import { describeStaging } from '../suite/stage-suite.ts';
import { duckdbRig } from './fixtures.ts';

describeStaging(duckdbRig);
