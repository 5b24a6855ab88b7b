import { below } from './random.ts';
import { instantText } from './ticks.ts';

/** JSON texts of values, put together by hand so that no number passes through floating point. */

/** A string; `null` for undefined. */
export function text(value: string | undefined): string {
  return value === undefined ? 'null' : JSON.stringify(value);
}

/** A string that needs no escaping. */
export function plain(value: string): string {
  return `"${value}"`;
}

/** An instant; null when it is NaN. */
export function instant(ticks: number): string {
  return Number.isNaN(ticks) ? 'null' : `"${instantText(ticks)}"`;
}

/** An id, null when there is none. */
export function idOf(record: { id: number } | null | undefined): string {
  return record == null || record.id === 0 ? 'null' : String(record.id);
}

/** `1234.56` of integer cents. */
export function centsText(cents: number): string {
  const size = Math.abs(cents);
  const whole = Math.floor(size / 100);
  return `${cents < 0 ? '-' : ''}${whole}.${String(size - whole * 100).padStart(2, '0')}`;
}

/** Money as the accounting module writes it: a string, now with ten decimals, now with two. */
export function moneyText(cents: number, salt: number): string {
  const zeros = ['', '00000000', '00', ''][salt & 3] ?? '';
  return `"${centsText(cents)}${zeros}"`;
}

/** Money as the other modules write it: a number, with trailing zeros or without. */
export function moneyNumber(cents: number, salt: number): string {
  const form = below(salt, 901, 4);
  if (form === 0) return centsText(cents);
  if (form === 1) return `${centsText(cents)}00`;
  return centsText(cents).replace(/\.?0+$/, '');
}

/** Money as a number that now and then goes on for a dozen digits below the cent. */
export function longMoneyNumber(cents: number, salt: number): string {
  if (below(salt, 902, 40) !== 0 || cents === 0) return moneyNumber(cents, salt);
  const more = String(below(salt, 903, 1e9)).padStart(9, '0') + String(1 + below(salt, 904, 998));
  return centsText(cents) + more;
}

/** A quantity with up to nineteen decimals. */
export function longQuantity(units: number, salt: number): string {
  const form = below(salt, 905, 5);
  if (form === 0) return `${units}.0000000000000000000`;
  if (form === 1) return `${units}.${String(below(salt, 906, 1e9)).padStart(9, '0')}1234567891`;
  if (form === 2) return `${units}.50`;
  return String(units);
}

/** A unit cost with up to ten decimals. */
export function longCost(cents: number, salt: number): string {
  const form = below(salt, 907, 3);
  if (form === 0) return centsText(cents) + String(below(salt, 908, 1e8)).padStart(8, '0');
  if (form === 1) return `${centsText(cents)}00000000`;
  return centsText(cents);
}

const notes = [
  '""',
  'null',
  '"Color sample left at the door"',
  '"Customer said \\"beige\\", not \\"bone\\""',
  '"Line one\\nLine two\\r\\nLine three"',
  '"Caf\\u00e9 wall, 3\\/4 done"',
  '"Se\u00f1ora prefers a call first \u2014 \u00bfpuede ser?"',
  '"\\ud83c\\udfa8 two coats"',
  '"\u{1f3a8} trim only"',
  '"Path C:\\\\photos\\\\before\\tafter"',
  '"Gate code on file; dog in yard"',
  '"<p>Prep, prime &amp; paint<\\/p>"',
  '"  spaces on both sides  "',
  '"Sand, caulk, mask. Two coats, satin."',
  '"Line separator \\u2028 inside"',
];

/** Free text with the escapes that trip readers; `null` now and then, whatever the documents say. */
export function note(salt: number, k: number): string {
  return notes[below(salt, k, notes.length)] ?? 'null';
}

/** Free text that is never null. */
export function noteNotNull(salt: number, k: number): string {
  const chosen = note(salt, k);
  return chosen === 'null' ? '""' : chosen;
}

const emptyForms = ['[]', '[]', '[]', 'null'];

/** A list that is empty, null, or holds what `item` makes, sometimes beside a null. */
export function looseList(salt: number, k: number, item: () => string): string {
  const form = below(salt, k, 8);
  if (form < 4) return emptyForms[form] ?? '[]';
  if (form === 4) return `[null,${item()}]`;
  return form < 6 ? `[${item()}]` : '[]';
}

/** `customFields` as most modules write them. */
export function customFields(salt: number): string {
  return looseList(salt, 910, () => {
    const value = below(salt, 911, 3) === 0 ? 'null' : noteNotNull(salt, 912);
    return `{"typeId":${7_000_000 + below(salt, 913, 9)},"name":"Paint Brand","value":${value}}`;
  });
}

/** `customFields` as accounting writes them. */
export function accountingFields(salt: number): string {
  return looseList(salt, 914, () => `{"name":"Gate Code","value":${noteNotNull(salt, 915)}}`);
}

/** `externalData`: null or empty without the parameter that names an application. */
export function externalData(salt: number): string {
  return below(salt, 916, 3) === 0 ? '[]' : 'null';
}

const extras = [
  ',"isSimplified":false',
  ',"sourceChannel":null',
  ',"serviceAgreementIds":[]',
  ',"preview":{"enabled":true,"ring":2.50}',
];

/** The record's end: a field that no documentation names, on some records. */
export function close(salt: number): string {
  return `${below(salt, 917, 9) === 0 ? (extras[below(salt, 918, extras.length)] ?? '') : ''}}`;
}

/** An enumeration's name, or on one record in thirty its number. */
export function looseEnum(
  salt: number,
  k: number,
  names: readonly string[],
  index: number,
): string {
  return below(salt, k, 30) === 0 ? String(index) : `"${names[index] ?? ''}"`;
}
