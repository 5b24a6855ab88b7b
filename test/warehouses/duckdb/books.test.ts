import { describeBooks } from '../suite/books-suite.ts';
import { duckdbRig } from './fixtures.ts';

describeBooks(duckdbRig);
