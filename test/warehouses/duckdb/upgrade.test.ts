import { describeUpgrade } from '../suite/upgrade-suite.ts';
import { duckdbRig } from './fixtures.ts';

describeUpgrade(duckdbRig);
