import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ConfigError, SourceError, WarehouseError } from '../../src/errors.ts';
import type { Examination } from '../../src/model.ts';
import { examineClock } from '../../src/pipeline/examine-clock.ts';
import { examineFolder } from '../../src/pipeline/examine-folder.ts';
import { examine } from '../../src/pipeline/examine.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const well = (about: string, needs: string[] = []): Examination => ({
  ...{ about, needs },
  look: () => Promise.resolve(`${about} is well`),
});

const wrong = (about: string, error: Error, needs: string[] = []): Examination => ({
  ...{ about, needs },
  look: () => Promise.reject(error),
});

describe('examine', () => {
  test('goes on after what is wrong, and skips what rests on it, naming the first cause', async () => {
    const error = new SourceError('Cannot a: no;\n  do b');
    const findings = await examine([
      wrong('a', error),
      well('b', ['a']),
      well('c', ['b']),
      well('d'),
      wrong('e', new ConfigError('Cannot e: no; do f')),
    ]);
    expect(findings).toEqual([
      { about: 'a', verdict: 'wrong', text: 'Cannot a: no; do b', exitCode: 3 },
      { about: 'b', verdict: 'skipped', text: 'not looked at, since a is wrong', exitCode: 0 },
      { about: 'c', verdict: 'skipped', text: 'not looked at, since a is wrong', exitCode: 0 },
      { about: 'd', verdict: 'ok', text: 'd is well', exitCode: 0 },
      { about: 'e', verdict: 'wrong', text: 'Cannot e: no; do f', exitCode: 2 },
    ]);
  });

  test('several errors of one look are a line each', async () => {
    const errors = ['x', 'y'].map((name) => new WarehouseError(`Cannot ${name}: no; do`));
    const findings = await examine([wrong('tables', new AggregateError(errors))]);
    expect(findings.map(({ about, text }) => `${about}: ${text}`)).toEqual([
      'tables: Cannot x: no; do',
      'tables: Cannot y: no; do',
    ]);
  });

  test('a bug crashes', async () => {
    await expect(examine([wrong('a', new TypeError('a bug'))])).rejects.toThrow(TypeError);
    await expect(examine([well('a', ['b']), well('b')])).rejects.toThrow(/comes later or never/);
  });
});

describe('the clock', () => {
  const at = Date.parse('2024-05-01T12:00:00Z');
  const look = (serverMs: number | undefined): Promise<string> =>
    examineClock({
      of: 'BigQuery',
      readClock: () => Promise.resolve(serverMs),
      now: () => at,
    }).look();

  test('within a minute it is well', async () => {
    expect(await look(at)).toBe('within 1 s');
    expect(await look(at - 59_000)).toBe('within 59 s');
    expect(await look(undefined)).toBe('BigQuery does not tell the time');
  });

  test.each([
    [at - 300_000, /^Cannot trust this machine's clock: it is 300 s ahead of BigQuery's; have it/],
    [at + 3_600_000, /it is 3601 s behind BigQuery's/],
  ])('beyond it says which way: %d', async (serverMs, message) => {
    await expect(look(serverMs)).rejects.toThrow(ConfigError);
    await expect(look(serverMs)).rejects.toThrow(message);
  });
});

describe('a folder', () => {
  const look = (path: string, freeBytesMin = 1): Promise<string> =>
    examineFolder({ about: 'spool folder', path, variable: 'SPOOL_DIR', freeBytesMin }).look();

  test('that is not there yet may be made, and is not', async () => {
    const dir = await makeTempDir();
    expect(await look(dir)).toMatch(/ can be written, [\d,]+ MiB are free$/);
    expect(await look(join(dir, 'a', 'b'))).toMatch(/ can be made by the first run, /);
    expect(await look(join(dir, 'a', 'b'))).toMatch(/ can be made by the first run, /);
  });

  test('below a file', async () => {
    const file = join(await makeTempDir(), 'file');
    await writeFile(file, '');
    await expect(look(join(file, 'spool'))).rejects.toThrow(
      `Cannot use ${join(file, 'spool')}: ${file} is no folder; remove it, or set SPOOL_DIR to another place`,
    );
  });

  test('without room', async () => {
    const path = await makeTempDir();
    await expect(look(path, 2 ** 60)).rejects.toThrow(
      /^Cannot rely on .*: [\d,]+ MiB are free there and a run may need 1,099,511,627,776 MiB; make room, or set SPOOL_DIR/,
    );
  });
});
