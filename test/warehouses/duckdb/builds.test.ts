import { describeBuilds } from '../suite/build-suite.ts';
import { duckdbRig } from './fixtures.ts';

describeBuilds(duckdbRig);
