import fc from 'fast-check';
import type { Column, Entity } from '../../../../src/model.ts';
import { anyCharacter } from '../../../support/any-character.ts';

const columns: Column[] = [
  { name: 'id', path: ['id'], type: 'int64' },
  { name: 'number', path: ['number'], type: 'int64' },
  { name: 'amount', path: ['amount'], type: 'decimal' },
  { name: 'total', path: ['total'], type: 'decimalText' },
  { name: 'share', path: ['share'], type: 'float64' },
  { name: 'active', path: ['active'], type: 'bool' },
  { name: 'name', path: ['name'], type: 'string' },
  { name: 'modifiedOn', path: ['modifiedOn'], type: 'timestamp' },
  { name: 'unitId', path: ['unit', 'id'], type: 'int64' },
  { name: 'unitName', path: ['unit', 'name'], type: 'string' },
  { name: 'unitOwnerName', path: ['unit', 'owner', 'name'], type: 'string' },
];

const traits: Omit<Entity, 'name' | 'table' | 'key'> = {
  columns,
  createdColumn: undefined,
  modifiedColumn: 'modifiedOn',
  backfill: 'window',
  windows: { months: 1, calendar: false, replaces: false },
  feed: { completes: false, fromStart: false },
  sync: 'modified',
};

/** An entity with columns of all types, flat and nested, that has ids. */
export const things: Entity = {
  ...{ ...traits, name: 'things', table: 'raw_things' },
  key: { kind: 'id' },
};

/** The same, of which some have no id. */
export const sets: Entity = {
  ...{ ...traits, name: 'sets', table: 'raw_sets' },
  key: {
    kind: 'idOrFields',
    fields: ['number', 'amount', 'name', 'modifiedOn', 'active', 'total', 'share'],
  },
};

const digits = (min: number, max: number) =>
  fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));

const whole = fc.oneof(
  fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 }).map(String),
  fc.constantFrom('0', '-0', '1', '999999999999999', '1000000000000000', '9007199254740993'),
  fc.constantFrom('4294967295', '4294967296', '-4294967296', '-1', '-2147483649', '12.0', '1e3'),
);

const decimal = fc.oneof(
  fc
    .tuple(fc.constantFrom('', '-'), fc.integer({ min: 0, max: 1_999_999_999 }), digits(0, 14))
    .map(([sign, before, after]) => `${sign}${before}${after === '' ? '' : `.${after}`}`),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.constantFrom('0.0', '0.0000', '-0.0', '12.50', '401.78325169006244', '0.0000000005', '1e-7'),
  fc.constantFrom('999999999.9999999995', '999999999.999999999', '0.00049', '1234567.891', '-0.5'),
);

/** A text of any characters, some of them written as escapes that need not be. */
const text = fc
  .tuple(
    fc.string({ unit: anyCharacter, maxLength: 60 }),
    fc.constantFrom('', '\\/', '\\u00e9', '\\ud83c\\udfa8', '\\ud83c', '\\u0000', '\\u001f', '\\"'),
  )
  .map(([plain, escape]) => `${JSON.stringify(plain).slice(0, -1)}${escape}"`);

const two = (max: number, min = 0) =>
  fc.integer({ min, max }).map((value) => String(value).padStart(2, '0'));

const instant = fc
  .tuple(
    fc.constantFrom('2026', '2024', '2000', '1900', '1969', '0001', '9999', '2262', '0000'),
    fc.tuple(two(13), two(32, 1), two(24), two(60), two(60)),
    fc.oneof(
      fc.constant(''),
      digits(1, 10).map((fraction) => `.${fraction}`),
    ),
    fc.constantFrom('Z', 'Z', 'Z', 'Z', '', '+00:00', '-07:00', 'z'),
  )
  .map(
    ([year, [month, day, hours, minutes, seconds], fraction, zone]) =>
      `"${year}-${month}-${day}T${hours}:${minutes}:${seconds}${fraction}${zone}"`,
  );

const likely = fc.date({ noInvalidDate: true, min: new Date('1960'), max: new Date('2100') });

const bool = fc.constantFrom('true', 'false', 'true', 'false', '"true"', '1');

const anything = fc.constantFrom(
  'null',
  'null',
  'null',
  '{}',
  '[]',
  '[1,{"a":2}]',
  '"x"',
  '7',
  'tru',
);

const often = (usual: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: anything });

const blank = fc.constantFrom('', '', '', '', '', '', ' ', '\t', ' \t ');

const object = (members: Record<string, fc.Arbitrary<string>>) =>
  fc
    .tuple(
      fc.record(members, { requiredKeys: [] }),
      fc.shuffledSubarray(Object.keys(members), { minLength: 0 }),
      blank,
    )
    .map(([values, order, gap]) => {
      // Half of the records have their members in the usual order.
      const names = order.length % 2 === 0 ? Object.keys(values) : order;
      const found = names.flatMap((name) =>
        values[name] === undefined ? [] : [`"${name}"${gap}:${gap}${values[name]}`],
      );
      return `{${gap}${found.join(`${gap},${gap}`)}${gap}}`;
    });

const unit = object({
  id: often(whole),
  name: often(text),
  owner: often(object({ name: often(text), since: often(instant) })),
});

/** One record, as text without its id: of most the values fit, or nearly. */
export const wildMembers = object({
  number: often(
    fc.oneof(
      whole,
      whole.map((value) => `"${value}"`),
    ),
  ),
  amount: often(decimal),
  total: often(
    fc.oneof(
      decimal.map((value) => `"${value}"`),
      decimal,
    ),
  ),
  share: often(
    fc.oneof(
      decimal,
      fc.double().map((value) => JSON.stringify(value)),
    ),
  ),
  active: often(bool),
  name: often(fc.oneof(text, whole)),
  modifiedOn: often(
    fc.oneof(
      instant,
      likely.map((date) => JSON.stringify(date)),
    ),
  ),
  unit: often(unit),
  other: often(fc.json({ maxDepth: 3 })),
});

/** Puts an id before the other members of a record. */
export const withId = (id: string, members: string): string =>
  /^\{\s*\}$/.test(members) ? `{"id":${id}}` : `{"id":${id},${members.slice(1)}`;
