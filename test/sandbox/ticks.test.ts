import { expect, test } from '@jest/globals';
import { instantText, parseInstant, ticksOfMs } from '../../src/sandbox/ticks.ts';

test('an instant is written with seven digits at most, whatever arithmetic led to it', () => {
  const ticks = ticksOfMs(Date.UTC(2024, 2, 1, 7)) + 1_234_567;
  expect(instantText(ticks + 0.5)).toBe('2024-03-01T07:00:00.1234567Z');
  expect(parseInstant(instantText(ticks))).toBe(ticks);
});
