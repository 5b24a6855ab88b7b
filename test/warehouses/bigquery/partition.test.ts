import { expect, test } from '@jest/globals';
import { findPartition, inMonthsSql } from '../../../src/warehouses/bigquery/partition.ts';
import { jobs, pay } from '../suite/entities.ts';

const month = (year: number, number: number): number => year * 12 + number - 1;

test('months that follow each other are one range, a row without a date is looked for too', () => {
  const months = [month(2024, 3), null, month(2023, 12), month(2024, 1), month(2024, 3)];
  expect(inMonthsSql(jobs, 't', months)).toBe(
    "((t.`createdOn` >= timestamp '2023-12-01 00:00:00+00' and t.`createdOn` < timestamp '2024-02-01 00:00:00+00')" +
      " or (t.`createdOn` >= timestamp '2024-03-01 00:00:00+00' and t.`createdOn` < timestamp '2024-04-01 00:00:00+00')" +
      ' or t.`createdOn` is null)',
  );
});

test('the first and the last month that there are have their bounds', () => {
  expect(inMonthsSql(jobs, 't', [month(1, 1)])).toContain("timestamp '0001-01-01 00:00:00+00'");
  expect(inMonthsSql(jobs, 't', [month(9999, 12)])).toBe(
    "(t.`createdOn` >= timestamp '9999-12-01 00:00:00+00')",
  );
});

test('no month is no row; a table without partitions is read whole', () => {
  expect(inMonthsSql(jobs, 't', [])).toBe('false');
  expect(findPartition(pay)).toBeUndefined();
  expect(inMonthsSql(pay, 't', [])).toBe('true');
});
