import { toDuckdb } from '../../values/duckdb-types.ts';
import type { ScalarName, SqlType } from '../../values/sql-type.ts';
import { refuseAt, type Rule } from '../context.ts';
import { parseType } from '../parse-type.ts';
import { findWord, isGroup, isWord } from '../tree.ts';

/** Each has a function of ours, since DuckDB's own casts take and round other texts than GoogleSQL's. */
const functions: Readonly<Partial<Record<ScalarName, string>>> = {
  INT64: 'int64',
  FLOAT64: 'float64',
  NUMERIC: 'numeric',
  BOOL: 'bool',
  STRING: 'string',
  DATE: 'date',
  DATETIME: 'datetime',
  TIME: 'time',
  TIMESTAMP: 'timestamp',
};

const writeValue = (value: string, type: SqlType, isSafe: boolean): string | undefined => {
  const plain = isSafe ? 'try_cast' : 'cast';
  if (type.kind !== 'scalar') return `${plain}(${value} as ${toDuckdb(type)})`;
  const name = functions[type.name];
  if (name === undefined) return undefined;
  const [precision, scale = 0] = type.parameters;
  const cast = `gs_${isSafe ? 'try' : 'cast'}_${name}(${value})`;
  if (type.name !== 'NUMERIC' || precision === undefined || scale === 9) return cast;
  return `cast(${plain}(${cast} as decimal(${precision}, ${scale})) as decimal(38, 9))`;
};

/** `cast(x as type)` and `safe_cast(x as type)`. */
export const writeCast: Rule = ({ nodes, at, context }, { rewrite }) => {
  const [word, group] = [nodes[at], nodes[at + 1]];
  if (!isWord(word, 'cast', 'safe_cast') || !isGroup(group)) return undefined;
  const as = findWord(group.nodes, 0, 'as');
  const { type, next } = parseType(group.nodes, as + 1);
  if (as < 1 || next !== group.nodes.length) {
    throw refuseAt(context, word, 'The stand-in for BigQuery does not know this form of CAST');
  }
  // NULL needs no function of ours, which costs DuckDB a call for each.
  if (as === 1 && isWord(group.nodes[0], 'null')) {
    return { sql: `cast(null as ${toDuckdb(type)})`, next: at + 2 };
  }
  const isSafe = isWord(word, 'safe_cast');
  const sql = writeValue(rewrite(group.nodes.slice(0, as)), type, isSafe);
  if (sql === undefined) {
    throw refuseAt(context, word, 'The stand-in for BigQuery does not know a cast to this type');
  }
  return { sql, next: at + 2 };
};
