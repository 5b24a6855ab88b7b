import { describeDecimals } from '../suite/decimals-suite.ts';
import { duckdbRig } from './fixtures.ts';

describeDecimals(duckdbRig);
