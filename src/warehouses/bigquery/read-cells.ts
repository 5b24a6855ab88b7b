import type { Row, Value } from '../warehouse.ts';
import type { ResultPage } from './api.ts';
import type { Field } from './job.ts';

const readInteger = (text: string): Value =>
  Number.isSafeInteger(Number(text)) ? Number(text) : text;

/** All decimals have nine digits after the point, as in the other warehouse: `12.5` → `12.500000000`. */
const readDecimal = (text: string): string => {
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(9, '0')}`;
};

/** Microseconds since 1970, in UTC. */
const readInstant = (text: string): string => {
  const micros = BigInt(text);
  const millis = micros / 1000n - (micros % 1000n < 0n ? 1n : 0n);
  const rest = micros - millis * 1000n;
  const at = new Date(Number(millis)).toISOString();
  return rest === 0n ? at : at.replace('Z', `${String(rest).padStart(3, '0')}Z`);
};

const readText = (text: string, type: string): Value => {
  switch (type) {
    case 'INTEGER':
    case 'INT64':
      return readInteger(text);
    case 'FLOAT':
    case 'FLOAT64':
      return Number(text);
    case 'BOOLEAN':
    case 'BOOL':
      return text === 'true';
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return readDecimal(text);
    case 'TIMESTAMP':
      return readInstant(text);
    default:
      return text;
  }
};

type Cell = { v: unknown };

const readCell = (cell: unknown, field: Field): Value => {
  if (cell === null || cell === undefined) return null;
  if (field.mode === 'REPEATED') {
    const item = { ...field, mode: 'NULLABLE' };
    return (cell as Cell[]).map(({ v }) => readCell(v, item));
  }
  if (typeof cell === 'string') return readText(cell, field.type);
  const cells = (cell as { f: Cell[] }).f;
  const fields = field.fields ?? [];
  return JSON.stringify(
    Object.fromEntries(
      fields.map((inner, index) => [inner.name, readCell(cells[index]?.v, inner)]),
    ),
  );
};

/** The rows of a page, as the warehouse's `query` gives them. */
export const readCells = ({ schema, rows = [] }: ResultPage): Row[] => {
  const fields = schema?.fields ?? [];
  return rows.map(({ f }) =>
    Object.fromEntries(fields.map((field, index) => [field.name, readCell(f[index]?.v, field)])),
  );
};
