import { describe, expect, test } from '@jest/globals';
import { pageBytesWanted, weighedRecordsMin } from '../../../src/limits.ts';
import type { ServiceTitanEntity } from '../../../src/sources/servicetitan/entity.ts';
import { createPageSizes, smallerPageSize } from '../../../src/sources/servicetitan/page-sizes.ts';
import { startOfList } from '../../../src/sources/servicetitan/positions.ts';

const entity: ServiceTitanEntity = {
  name: 'jobs',
  scope: 'x',
  backfill: { by: 'whole' },
  sync: { by: 'whole' },
  fields: {},
};

test.each([
  [5000, 2500],
  [2500, 1250],
  [625, 125],
  [125, undefined],
  [100, 50],
  [99, undefined],
])('a page size of %d is followed by %s', (size, smaller) => {
  expect(smallerPageSize(size)).toBe(smaller);
});

describe('page sizes', () => {
  test('begin with what the contract says, at most with what the API allows', () => {
    expect(createPageSizes().first(entity)).toBe(5000);
    expect(createPageSizes().first({ ...entity, pageSize: 2 })).toBe(2);
  });

  test('shrink where the heaviest page would be too large, of that entity alone', () => {
    const sizes = createPageSizes();
    sizes.weigh(entity, { rows: 5000, bytes: 3 * pageBytesWanted });
    sizes.weigh(entity, { rows: 5000, bytes: 5000 });
    expect(sizes.first(entity)).toBe(1250);
    expect(sizes.first({ ...entity, name: 'notes' })).toBe(5000);
  });

  test('take no few records for all', () => {
    const sizes = createPageSizes();
    sizes.weigh(entity, { rows: weighedRecordsMin - 1, bytes: pageBytesWanted });
    expect(sizes.first(entity)).toBe(5000);
  });

  test('stay below what the source did not bear', () => {
    const sizes = createPageSizes();
    sizes.limit(entity, 500);
    sizes.limit(entity, 1000);
    expect(sizes.first(entity)).toBe(500);
  });

  test('change within a set only where a page of the new size begins', () => {
    const sizes = createPageSizes();
    sizes.limit(entity, 2500);
    expect(sizes.adapt(entity, { ...startOfList(5000, 1), page: 4 })).toMatchObject({
      page: 7,
      pageSize: 2500,
    });
    const between = { ...startOfList(1000, 1), page: 2 };
    expect(sizes.adapt(entity, between)).toBe(between);
  });
});
