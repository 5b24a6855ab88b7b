import { instantiate } from '../../../json/instantiate.ts';
import { duckdbRowGroupRows } from '../../../limits.ts';
import type { Column, Entity } from '../../../model.ts';
import type { RawType } from '../../raw-table.ts';
import { longNumberFrom } from '../rewrite-record.ts';
import type { Alike } from './number-twins.ts';
import { createPrintLong, type PrintLong } from './print-long.ts';

/** What is read of a spool file at once; a record that is longer is left to the SQL. */
const inputBytes = 1024 * 1024;

/** Rows that are gathered before they are written: a row group of the file, and of the table that it goes into. */
const groupRows = duckdbRowGroupRows;

/** Payloads that are gathered before they are written: a row group of the file, which is also what DuckDB reads at once. */
const groupBytes = 2 * 1024 * 1024;

/** The memory of a module does not shrink: above this another one is taken for what comes next. */
const moduleBytesMax = 32 * 1024 * 1024;

/** What `assembly/read-columns.ts` exports. Places in its memory are numbers. */
type Module = {
  memory: WebAssembly.Memory;
  open: (rows: number, payloadBytes: number, inputBytes: number, longFrom: number) => number;
  begin: (withFieldKeys: boolean) => number;
  enter: (level: number, key: number, length: number) => number;
  addColumn: (level: number, key: number, length: number, kind: number, isId: boolean) => void;
  addKey: (column: number) => void;
  enterBatch: () => void;
  take: (from: number, to: number, top: number, begin: number) => number;
  isFull: () => number;
  rows: () => number;
  lines: () => number;
  clear: () => void;
  column: (place: number) => number;
  valueFrom: (place: number) => number;
  valueTo: (place: number) => number;
  twins: () => number;
  twinCount: () => number;
};

/**
 * The values of one column in the rows gathered so far, as Parquet's PLAIN has them. They stand in the reader's memory
 * until it reads on.
 */
export type ColumnValues = {
  /** A bit for each row that has a value, the lowest first. */
  present: Buffer;
  /** Rows that have a value. */
  count: number;
  /** Eight bytes each, bits, or texts after their lengths in four bytes. */
  values: Buffer;
};

/** Reads the records of one entity, one a line, into columns. */
export type ColumnReader = {
  /** Where the next bytes of a file go. */
  input: () => Buffer;
  /** Goes on with the next batch. */
  enter: () => void;
  /**
   * Takes the records of whole lines that stand in the input, until the row group is full.
   * @param at Where the input begins in the batch's file.
   * @returns where the next line begins, or -1 where a record is not plain.
   */
  take: (from: number, to: number, at: number) => number;
  /** Whether the rows gathered so far have to be written. */
  isFull: () => boolean;
  /** Rows gathered so far. */
  rows: () => number;
  /** Records taken in all. */
  lines: () => number;
  /** A column, by its place: those of the entity, then the payload, then `_key`. */
  column: (place: number, type: RawType) => ColumnValues;
  /** Forgets the rows gathered so far: they have been written. */
  clear: () => void;
  /** Records of the batch so far that are equal in all fields of their key. */
  alike: () => Alike[];
};

/** The types of columns in the order of `Kind` in the module. */
const kinds: readonly Column['type'][] = [
  ...(['int64', 'decimal', 'decimalText', 'float64', 'bool', 'string', 'timestamp'] as const),
];

const jsonNumber = /^-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?$/;

const readDouble = (text: string): number => {
  const value = Number(text);
  // DuckDB reads -0 as a whole number, which has no sign.
  return jsonNumber.test(text) && Number.isFinite(value) && text !== '-0' ? value : NaN;
};

type Instance = { module: Module; base: number; begin: (printLong: PrintLong) => void };

/** Starts the module. What it asks of numbers goes to those of the entity that is read. */
const startModule = (): Instance => {
  let print: PrintLong | undefined;
  const textOf = (from: number, to: number): string =>
    Buffer.from(module.memory.buffer, from, to - from).toString();
  const valueOf = (place: number): string => {
    const from = module.valueFrom(place);
    return from === 0 ? '' : textOf(from, module.valueTo(place));
  };
  const module = instantiate('read-columns', {
    'put-number': { readDouble: (from: number, to: number) => readDouble(textOf(from, to)) },
    'key-text': {
      printLong: (from: number, to: number, into: number): number => {
        const printed = print?.(textOf(from, to), valueOf) ?? '';
        return Buffer.from(module.memory.buffer, into, printed.length).write(printed);
      },
    },
  }) as Module;
  return {
    module,
    base: module.open(groupRows, groupBytes, inputBytes, longNumberFrom),
    begin: (printLong) => {
      print = printLong;
    },
  };
};

/** Tells the module the entity's columns: their keys, from the record's object on. */
const addColumns = ({ module, base }: Instance, entity: Entity): number => {
  const top = module.begin(entity.key.kind !== 'id');
  const writeKey = (key: string): number => Buffer.from(module.memory.buffer, base).write(key);
  for (const { name, path, type } of entity.columns) {
    const parents = path.slice(0, -1);
    const level = parents.reduce((at, key) => module.enter(at, base, writeKey(key)), top);
    const length = writeKey(path.at(-1) ?? '');
    module.addColumn(level, base, length, kinds.indexOf(type), name === 'id');
  }
  const keyFields = entity.key.kind === 'id' ? [] : entity.key.fields;
  for (const field of keyFields) {
    module.addKey(entity.columns.findIndex(({ name }) => name === field));
  }
  return top;
};

const alikeBytes = 24;

/** Those that the module has found, as they stand in its memory. */
const readAlike = (module: Module): Alike[] =>
  Array.from({ length: module.twinCount() }, (_, index): Alike => {
    const from = module.twins() + index * alikeBytes;
    const view = new DataView(module.memory.buffer, from, alikeBytes);
    return {
      first: view.getInt32(0, true),
      line: view.getInt32(4, true),
      at: view.getFloat64(16, true),
      bytes: view.getUint32(8, true),
    };
  });

const bytesOf = (type: RawType, count: number, size: number): number => {
  if (type === 'string') return size;
  return type === 'bool' ? Math.ceil(count / 8) : 8 * count;
};

const beginEntity = (instance: Instance, entity: Entity): ColumnReader => {
  const { module, base } = instance;
  const top = addColumns(instance, entity);
  instance.begin(createPrintLong(entity));
  const view = (from: number, bytes: number): Buffer =>
    Buffer.from(module.memory.buffer, from, bytes);
  return {
    input: () => view(base, inputBytes),
    enter: module.enterBatch,
    take: (from, to, at) => module.take(base + from, base + to, top, at + from) - base,
    isFull: () => module.isFull() !== 0,
    rows: module.rows,
    lines: module.lines,
    column: (place, type) => {
      const fields = new Uint32Array(module.memory.buffer, module.column(place), 4);
      const [present = 0, count = 0, values = 0, size = 0] = fields;
      return {
        present: view(present, groupRows / 8),
        count,
        values: view(values, bytesOf(type, count, size)),
      };
    },
    clear: module.clear,
    alike: () => readAlike(module),
  };
};

/** Gives a reader of one entity after the other; the one before is of no use then. */
export type OpenReader = (entity: Entity) => ColumnReader;

/** Readers that share a module and its memory: allocating it anew costs more than filling it. */
export const createOpenReader = (): OpenReader => {
  let instance: Instance | undefined;
  return (entity) => {
    const bytes = instance?.module.memory.buffer.byteLength ?? 0;
    if (instance === undefined || bytes > moduleBytesMax) instance = startModule();
    return beginEntity(instance, entity);
  };
};
