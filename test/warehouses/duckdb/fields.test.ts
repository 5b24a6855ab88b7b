import { describeFields } from '../suite/fields-suite.ts';
import { duckdbRig } from './fixtures.ts';

describeFields(duckdbRig);
