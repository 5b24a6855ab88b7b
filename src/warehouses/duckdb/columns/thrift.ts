/** Values of a struct of Thrift's compact protocol, by the numbers of their fields; `undefined` is left out. */
export type Struct = { struct: Readonly<Record<number, ThriftValue | undefined>> };

export type ThriftValue =
  | { i32: number }
  | { i64: number }
  | { bool: boolean }
  | { text: string }
  | { list: readonly ThriftValue[] }
  | Struct;

const typeOf = (value: ThriftValue): number => {
  if ('bool' in value) return value.bool ? 1 : 2;
  if ('i32' in value) return 5;
  if ('i64' in value) return 6;
  if ('text' in value) return 8;
  return 'list' in value ? 9 : 12;
};

const writeVarint = (bytes: number[], value: number): void => {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
};

const writeList = (bytes: number[], list: readonly ThriftValue[]): void => {
  const type = list[0] === undefined ? 12 : typeOf(list[0]);
  if (list.length < 15) bytes.push((list.length << 4) | type);
  else {
    bytes.push(0xf0 | type);
    writeVarint(bytes, list.length);
  }
  for (const value of list) writeValue(bytes, value);
};

const writeFields = (bytes: number[], { struct }: Struct): void => {
  let before = 0;
  // Numbers as keys of an object come in their order.
  for (const [name, value] of Object.entries(struct)) {
    if (value === undefined) continue;
    const field = Number(name);
    bytes.push(((field - before) << 4) | typeOf(value));
    before = field;
    if (!('bool' in value)) writeValue(bytes, value);
  }
  bytes.push(0);
};

const writeValue = (bytes: number[], value: ThriftValue): void => {
  if ('i32' in value) writeVarint(bytes, value.i32 * 2);
  else if ('i64' in value) writeVarint(bytes, value.i64 * 2);
  else if ('text' in value) {
    const text = Buffer.from(value.text);
    writeVarint(bytes, text.length);
    bytes.push(...text);
  } else if ('list' in value) writeList(bytes, value.list);
  else if ('struct' in value) writeFields(bytes, value);
  else throw new Error('a bool has no bytes of its own outside a struct');
};

/** The bytes of a struct. Whole numbers have to be positive, and fields follow each other by less than 16. */
export const encodeStruct = (struct: Struct['struct']): Buffer => {
  const bytes: number[] = [];
  writeFields(bytes, { struct });
  return Buffer.from(bytes);
};
