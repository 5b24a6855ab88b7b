import type { Rule } from '../context.ts';
import { writeArray, writeStruct, writeSubscript } from './collections.ts';
import { writeCall, writeSafeCall } from './calls.ts';
import { writeCast } from './casts.ts';
import { writeLiteralToken, writeTypedLiteral } from './constants.ts';
import { writeKeyword, writeName } from './names.ts';
import {
  writeDivision,
  writeGroup,
  writeInList,
  writeIntervalRule,
  writeSelectAs,
  writeSign,
  writeStar,
} from './operators.ts';

/** What each kind of expression becomes; the first rule that knows it counts. */
export const expressionRules: readonly Rule[] = [
  writeLiteralToken,
  writeTypedLiteral,
  writeIntervalRule,
  writeSelectAs,
  writeCast,
  writeArray,
  writeStruct,
  writeInList,
  writeSafeCall,
  writeCall,
  writeStar,
  writeDivision,
  writeSubscript,
  writeGroup,
  writeKeyword,
  writeName,
  writeSign,
];
