import fc from 'fast-check';
import { formatNanos } from './reference/decimals.ts';

// Values come from small pools, so that they collide and join; the first of a pool is what a value shrinks to.

/** One of 1 to `max`: a key, or a reference that may point nowhere. */
export const idUpTo = (max: number) =>
  fc.constantFrom(...Array.from({ length: max }, (_, index) => index + 1));

/** Mostly true. */
export const rarelyFalse = fc.oneof(
  { weight: 14, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);

/** Mostly false. */
export const rarelyTrue = rarelyFalse.map((yes) => !yes);

const edgesOfMoney = [
  ...['0', '10', '9.99', '100', '-5', '0.01', '2500.5', '-100', '1234.56', '33.333333333'],
  ...['0.000000001', '-0.000000005', '9.999999999', '10.000000001', '-9.99', '99999999.995'],
];

/** Whole and broken amounts, negative ones and 0, with up to nine decimals. */
export const money = fc.oneof(
  fc.constantFrom(...edgesOfMoney),
  fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }).map(formatNanos),
);

/** Amounts that often come to the ten dollars from which a location owes anything. */
export const balance = fc.oneof(
  fc.constantFrom('10', '20', '-10', '9.99', '0.01', '13', '-3', '0', '5'),
  money,
);

export const quantity = fc.constantFrom('1', '2', '1.5', '0.333333333', '0', '-1', '0.000000001');

/** The middle of the weeks that companies live in: clocks change in New York, and February has 29 days. */
const nearDates = Array.from({ length: 27 }, (_, index) => {
  const offset = index % 2 === 0 ? index / 2 : -(index + 1) / 2;
  return new Date(Date.UTC(2024, 2, 8 + offset)).toISOString().slice(0, 10);
});

/** A while before, and both sides of a year after the Mondays. */
const farDates = [
  ...['2025-03-11', '2025-03-12', '2025-03-04', '2025-03-05'],
  '2025-03-11',
  '2023-12-31',
];

/** Both sides of midnight in UTC and in each of the time zones, in winter and in summer. */
const times = [
  ...['12:00:00', '00:00:00', '23:59:59.999', '06:59:59.999999', '07:00:00', '04:00:00'],
  ...['03:59:59.999', '04:59:59', '05:00:00', '18:29:59', '18:30:00', '22:59:59', '23:00:00'],
];

export const timeZone = fc.constantFrom(
  'America/Phoenix',
  'America/New_York',
  'Asia/Kolkata',
  'Europe/Berlin',
  'UTC',
);

const date = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...nearDates.slice(0, 3)) },
  { weight: 4, arbitrary: fc.constantFrom(...nearDates.slice(0, 9)) },
  { weight: 4, arbitrary: fc.constantFrom(...nearDates) },
  { weight: 4, arbitrary: fc.constantFrom(...farDates) },
);

/** How the source writes "none". */
const missing = fc.constantFrom('0001-01-01T00:00:00Z', '1999-06-30T12:00:00Z');

export const instant = fc.oneof(
  {
    weight: 15,
    arbitrary: fc.tuple(date, fc.constantFrom(...times)).map(([day, time]) => `${day}T${time}Z`),
  },
  { weight: 1, arbitrary: missing },
);

/** Times with an offset; two of them are midnight UTC, and only one says so. */
const offsetTimes = ['20:00:00-07:00', '02:30:00+05:30', '17:00:00-07:00', '00:00:00+00:00'];

/** A field that holds a date: midnight UTC, a text without a zone, another offset, or an instant after all. */
export const dateField = fc.oneof(
  date.map((day) => `${day}T00:00:00Z`),
  date,
  fc.tuple(date, fc.constantFrom(...times)).map(([day, time]) => `${day}T${time}`),
  fc.tuple(date, fc.constantFrom(...offsetTimes)).map((pair) => pair.join('T')),
  instant,
);

/** Names as the source has them: with stray blanks, in any case. */
export const spell = (...names: string[]) =>
  fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom(
        (name: string) => name,
        (name: string) => ` ${name}`,
        (name: string) => `${name.toLowerCase()}  `,
        (name: string) => name.toUpperCase(),
      ),
    )
    .map(([name, change]) => change(name));
