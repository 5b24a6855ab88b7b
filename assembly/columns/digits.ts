import { isDigit, zero } from '../json';

/**
 * Whole numbers of so many digits are exact as JavaScript's too, in which the SQL's way of reading longer ones as keys
 * is told apart.
 */
export const exactDigits: usize = 15;

/** The whole number of the digits from `from` to `to`: at most eighteen of them. */
export function readWhole(from: usize, to: usize): i64 {
  let value: i64 = 0;
  for (let at = from; at < to; at += 1) value = value * 10 + (load<u8>(at) - zero);
  return value;
}

/** The first digits of a fraction that stands from `from` to `to`, as a whole number of just so many digits. */
export function readFraction(from: usize, to: usize, digits: usize): i64 {
  const read = min(to - from, digits);
  let value = readWhole(from, from + read);
  for (let i = read; i < digits; i += 1) value *= 10;
  return value;
}

/** Two digits; something above 99 where they are none. */
export function readTwo(at: usize): i32 {
  const tens = load<u8>(at);
  const ones = load<u8>(at, 1);
  return isDigit(tens) && isDigit(ones) ? <i32>(tens - zero) * 10 + <i32>(ones - zero) : 1000;
}
