import { describeSets } from '../suite/set-suite.ts';
import { duckdbRig } from './fixtures.ts';

describeSets(duckdbRig);
