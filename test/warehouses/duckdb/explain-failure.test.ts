import { expect, test } from '@jest/globals';
import { WarehouseError } from '../../../src/errors.ts';
import {
  explainFailure,
  isConflict,
  isDetachedWithoutCheckpoint,
  isFinal,
  isOutOfMemory,
} from '../../../src/warehouses/duckdb/explain-failure.ts';

const commit = 'TransactionContext Error: Failed to commit: ';
const wal = 'Could not write file "/x.duckdb.wal": ';
const fatal =
  'FATAL Error: Failed: database has been invalidated because of a previous fatal error.';

test.each([
  [`${commit}${wal}No space left on device`, /the disk is full; free some space/, 'final'],
  [`${commit}${wal}Disk quota exceeded`, /the disk quota is used up; free some space/, 'final'],
  [`${commit}${wal}File too large`, /a limit on the size of files is reached; raise it/, 'final'],
  [`${commit}${wal}Input/output error`, /the disk cannot be read or written/, 'final'],
  [`${fatal} Original error: "${wal}No space left on device"`, /the disk is full/, 'final'],
  [`${fatal} Original error: "Out of Memory Error: failed to pin"`, /memory and gave up/, 'final'],
  [`${fatal} Original error: "Conflict on update!"`, /stopped after a fatal error/, 'final'],
  [fatal, /DuckDB stopped after a fatal error; repeat the command/, 'final'],
  [`${commit}failed to pin block of size 256.0 KiB`, /memory and gave up/, 'final'],
  ['Out of Memory Error: failed to pin block of size 256 KiB', /memory is not enough/, 'memory'],
  [`${commit}write-write conflict on key: "1"`, /another transaction changed/, 'conflict'],
  ['TransactionContext Error: Conflict on update!', /another transaction changed/, 'conflict'],
  ['IO Error: Cannot open file "/x.duckdb": No such file', /the file system refused/, 'other'],
])('%s is told as %s', (message, says, kind) => {
  const known = explainFailure(new Error(message), '/x.duckdb');
  expect(known).toBeInstanceOf(WarehouseError);
  expect(known?.message).toMatch(says);
  expect({
    final: isFinal(known),
    conflict: isConflict(known),
    memory: isOutOfMemory(known),
  }).toEqual({
    final: kind === 'final',
    conflict: kind === 'conflict',
    memory: kind === 'memory',
  });
});

test('a file that was detached is told from one that could not be, and from a disk that is full', () => {
  const detached = `IO Error: Detached database 'warehouse', but CHECKPOINT during DETACH failed. `;
  const noMemory = 'failed to pin block of size 256.0 KiB (1.1 MiB/1.1 MiB used)';
  const judge = (message: string): boolean =>
    isDetachedWithoutCheckpoint(explainFailure(new Error(message), '/x.duckdb'));
  expect(judge(`${detached}${noMemory}`)).toBe(true);
  expect(judge(`Out of Memory Error: ${noMemory}`)).toBe(false);
  expect(judge(`${detached}${wal}No space left on device`)).toBe(false);
});

test('what is no fault of the file is a bug', () => {
  const nested = 'TransactionContext Error: cannot start a transaction within a transaction';
  for (const message of [nested, "Conversion Error: Could not convert string 'No space left'"]) {
    expect(explainFailure(new Error(message), '/x.duckdb')).toBeUndefined();
  }
});
