import { describeGroups } from '../suite/group-suite.ts';
import { duckdbRig } from './fixtures.ts';

describeGroups(duckdbRig);
