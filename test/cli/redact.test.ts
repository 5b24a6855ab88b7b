import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact, redactedNames } from '../../src/cli/redact.ts';
import { secretNames } from '../../src/config.ts';

const secret = 'cs1.s3cret/+=&"é\\x (!)';

test.each([
  ['as it stands', `Error: bad ${secret} here`],
  ['in a form', new URLSearchParams({ client_secret: secret }).toString()],
  ['in an address', `https://x.example/?s=${encodeURIComponent(secret)}`],
  ['in JSON', JSON.stringify({ secret })],
  ['in base64', Buffer.from(secret).toString('base64')],
  ['as Basic credentials', `Basic ${Buffer.from(`client:${secret}`).toString('base64')}`],
])('a secret is not shown: %s', (_, text) => {
  const shown = redact(text, [secret]);
  expect(shown).toContain('…');
  for (const part of [
    secret.slice(3, 9),
    Buffer.from(secret).toString('base64').slice(4, 14),
    encodeURIComponent(secret).slice(4, 14),
  ]) {
    expect(shown).not.toContain(part);
  }
});

test('tokens and keys are not shown, whoever’s they are', () => {
  expect(redact('authorization: Bearer ya29.a0-b_c', [])).toBe('authorization: Bearer …');
  expect(redact('-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\nend', [])).toBe(
    '…\nend',
  );
});

test('other texts stay as they are, and short values are no secrets', () => {
  expect(redact('Cannot read jobs: it is abc; wait', ['abc', ''])).toBe(
    'Cannot read jobs: it is abc; wait',
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(redact(text, ['never-in-any-text-of-this'])).toBe(text);
    }),
  );
});

test('every variable that holds a secret is looked for', () => {
  // A tenant's number is no business of a public workflow, and stands in rows and alerts all the same.
  const names = secretNames.filter((name) => name !== 'ST_TENANT_ID');
  expect([...redactedNames].sort()).toEqual([...names].sort());
});
