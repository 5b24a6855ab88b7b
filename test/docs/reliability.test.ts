import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';

/** What a loader has to survive. */
const faults = [
  'kill at any step of the protocol',
  'SIGTERM or Ctrl-C',
  'disk full while spooling',
  'disk full while storing',
  'a folder that the system never lets be made',
  'torn last line',
  'corrupt manifest or journal',
  'clock skew',
  'DST day',
  'leap day, year end',
  'clocks that change at midnight',
  'lost answer on upload',
  'lost answer on commit',
  'lost answer on job lookup',
  '429 with Retry-After',
  '429 without Retry-After',
  '500, 502, 503 as HTML, 504',
  'connection reset mid-body',
  'truncated JSON',
  'truncated gzip',
  'a body that trickles',
  'token expiring mid-run',
  'one 401 then fine',
  '401 for ever',
  '403 for one entity only',
  'page set shrinking or growing while paged',
  'equal modifiedOn on many rows',
  'out-of-order modifiedOn',
  'a page or continuation token repeated',
  'an empty page with hasMore',
  'a field new',
  'a field gone',
  'a field of another type',
  'enum as integer',
  'null where required',
  'null key',
  'id above 2^53',
  'seven fractional digits',
  'decimals with 19',
  'lone surrogates',
  'NUL',
  'a 50 MB record',
  'an answer that would fill the memory',
  'duplicate keys in a batch',
  'deleted then re-created',
  'two processes at once',
  'a process that wakes up after another took over',
  'a lock that nobody holds any more',
  'dataset missing',
  'dataset in another location',
  'quota exceeded',
  'a job that runs for ever',
  'staging expired',
  'staging left by a program that died',
  'spool changed between staging and commit',
  'ledger row deleted by hand',
  'state written by a newer version of the program',
  'state written by an older version of the program',
  'a secret that would be left behind',
  'another user of the machine',
  'a certificate that nobody vouches for',
  'plain http',
  'a redirect',
  'names with quotes, semicolons, back-ticks and newlines',
  'a path that would leave its folder',
  'a formula in a cell',
  'a package or action that changed hands',
];

/** A test as the table names it: ``test/a.test.ts` "its name"`. */
type Named = { fault: string; file: string; name: string };

const page = await readFile('docs/reliability.md', 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:fault|-+) /.test(line))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()));

const named: Named[] = rows.flatMap(([fault = '', , tests = '']) =>
  tests.split('<br>').map((text) => {
    const [, file = '', name = ''] = /^`(test\/[\w./-]+\.ts)` "(.+)"$/.exec(text) ?? [];
    return { fault, file, name };
  }),
);

test('every fault of the list is in the table, once, and no other', () => {
  expect(rows.map(([fault]) => fault).sort()).toEqual([...faults].sort());
});

test('every row says what happens', () => {
  for (const [fault, behaviour = ''] of rows) {
    expect({ fault, says: behaviour.length > 3 }).toEqual({ fault, says: true });
  }
});

/** Titles are literals in the file: of a test, a group, or a row of a table of tests. */
const hasTitle = (source: string, name: string): boolean =>
  ["'", '"', '`'].some((mark) => source.includes(`${mark}${name}${mark}`)) ||
  [...source.matchAll(/`[^`\n]*`/g)].some(([title]) => title.includes(name));

describe('every test that is named exists', () => {
  test.each(named)('$fault: $file "$name"', async ({ file, name }) => {
    expect(file).not.toBe('');
    expect({ name, isThere: hasTitle(await readFile(file, 'utf8'), name) }).toEqual({
      name,
      isThere: true,
    });
  });
});

test('a name that is in no file is found out', () => {
  expect(hasTitle("test('a thing holds', () => {});", 'a thing holds')).toBe(true);
  expect(hasTitle("test('a thing holds', () => {});", 'a thing')).toBe(false);
  expect(hasTitle('// a thing holds', 'a thing holds')).toBe(false);
});
