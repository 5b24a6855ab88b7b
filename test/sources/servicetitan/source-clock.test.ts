import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSourceClock } from '../../../src/sources/servicetitan/source-clock.ts';

const time = Date.parse('2024-03-15T12:00:00.400Z');

/** An answer of a source whose clock is ahead of this machine's, `tookMs` after it was asked for. */
const answerOf = (skewMs: number, tookMs: number, sentAt = time) => ({
  date: Math.floor((sentAt + tookMs / 2 + skewMs) / 1000) * 1000,
  sentAt,
  receivedAt: sentAt + tookMs,
});

test('clocks that agree leave this machine’s as it is, to the millisecond', () => {
  const clock = createSourceClock(() => time);
  for (const tookMs of [0, 1, 30, 999, 5_000, 90_000]) clock.observe(answerOf(0, tookMs));
  expect(clock.now()).toBe(time);
});

test('the difference is known to a second and to what the answer took', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -10_000_000, max: 10_000_000 }),
      fc.array(fc.nat(3_000), { minLength: 1, maxLength: 8 }),
      (skewMs, taken) => {
        const clock = createSourceClock(() => time);
        let sentAt = time;
        for (const tookMs of taken) {
          clock.observe(answerOf(skewMs, tookMs, sentAt));
          sentAt += tookMs;
        }
        expect(Math.abs(clock.skewMs() - skewMs)).toBeLessThanOrEqual(1000 + Math.min(...taken));
      },
    ),
  );
});

test('a clock that is set right meanwhile is followed', () => {
  const clock = createSourceClock(() => time);
  clock.observe(answerOf(-7_200_000, 20));
  expect(Math.abs(clock.skewMs() + 7_200_000)).toBeLessThan(1000);
  clock.observe(answerOf(0, 20));
  expect(Math.abs(clock.skewMs())).toBeLessThan(1000);
});

test('a date more than a year off is no clock to go by', () => {
  const clock = createSourceClock(() => time);
  const year = 366 * 86_400_000;
  for (const date of [0, time + year + 2000, time - year - 2000, Date.parse('9999-12-31')]) {
    clock.observe({ date, sentAt: time, receivedAt: time });
  }
  expect(clock.skewMs()).toBe(0);
});
