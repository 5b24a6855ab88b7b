import { expect, test } from '@jest/globals';
import { WarehouseError } from '../../src/errors.ts';
import { backfill } from '../../src/pipeline/backfill.ts';
import type { Warehouse } from '../../src/warehouses/warehouse.ts';
import { thingEntity } from './support/memory-source.ts';
import { failures, history, range, useRig } from './support/rig.ts';

const { warehouse, depsFor, prepared, stored, expectVerified } = useRig();

test('what cannot be dropped after its commit fails nothing: the log says so', async () => {
  const entity = thingEntity('things');
  const source = await prepared([entity]);
  const warned: unknown[][] = [];
  const keeping: Warehouse = {
    ...warehouse(),
    dropStaged: () => Promise.reject(new WarehouseError('Cannot drop: it is held')),
  };
  const deps = depsFor(source, { warehouse: keeping });
  const log = { ...deps.log, warn: (...args: unknown[]) => void warned.push(args) };
  expect(failures(await backfill([entity], range, { ...deps, log }))).toEqual([]);
  expect(await stored(entity)).toEqual(history);
  expect(new Set(warned.map(([message]) => message))).toEqual(
    new Set(['what was staged could not be dropped']),
  );
  await expectVerified([entity]);
});
