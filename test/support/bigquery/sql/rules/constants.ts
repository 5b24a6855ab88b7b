import { quoteText, writeScalarText } from '../../values/literals.ts';
import type { ScalarName } from '../../values/sql-type.ts';
import { refuseAt, type Cursor, type Rule, type Step } from '../context.ts';
import type { Token } from '../tokens.ts';

const typed: Readonly<Record<string, ScalarName>> = {
  date: 'DATE',
  datetime: 'DATETIME',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  numeric: 'NUMERIC',
  decimal: 'NUMERIC',
};

const writeParameter = ({ context, at }: Cursor, token: Token): Step => {
  const found = context.parameters.get(token.value.toLowerCase());
  if (found === undefined) {
    throw refuseAt(context, token, `Query parameter '${token.value}' not found`);
  }
  return { sql: found.literal, next: at + 1 };
};

const writeSystem = ({ context, at }: Cursor, token: Token): Step => {
  const found = context.system.get(token.value.toLowerCase());
  if (found === undefined) {
    throw refuseAt(context, token, `The stand-in for BigQuery does not know @@${token.value}`);
  }
  return { sql: found, next: at + 1 };
};

const writeNumber = (text: string): string => {
  if (/^0[xX]/.test(text)) return String(BigInt(text));
  return text.endsWith('.') ? `${text}0` : text;
};

/** Texts, numbers and parameters. */
export const writeLiteralToken: Rule = (cursor) => {
  const node = cursor.nodes[cursor.at];
  const next = cursor.at + 1;
  if (node?.kind === 'string') return { sql: quoteText(node.value), next };
  if (node?.kind === 'bytes') {
    return { sql: `unhex('${Buffer.from(node.value, 'utf8').toString('hex')}')`, next };
  }
  if (node?.kind === 'number') return { sql: writeNumber(node.text), next };
  if (node?.kind === 'parameter') return writeParameter(cursor, node);
  return node?.kind === 'system' ? writeSystem(cursor, node) : undefined;
};

/** `date '2024-01-31'` and its kind. */
export const writeTypedLiteral: Rule = ({ nodes, at, context }) => {
  const [word, text] = [nodes[at], nodes[at + 1]];
  if (word?.kind !== 'word' || text?.kind !== 'string') return undefined;
  const type = typed[word.text.toLowerCase()];
  if (type === undefined) return undefined;
  const sql = writeScalarText(text.value, type);
  if (sql === undefined) throw refuseAt(context, word, `Invalid ${type} literal`);
  return { sql, next: at + 2 };
};
