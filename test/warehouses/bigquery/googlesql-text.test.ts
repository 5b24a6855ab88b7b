import { expect, test } from '@jest/globals';
import {
  findParameters,
  quoteColumn,
  quoteText,
  renameTables,
} from '../../../src/warehouses/bigquery/googlesql-text.ts';

test.each([
  ["it's", String.raw`'it\'s'`],
  ['a\\b', String.raw`'a\\b'`],
  ["'; drop table x; --", String.raw`'\'; drop table x; --'`],
  ['a\nb\0', String.raw`'a\u000ab\u0000'`],
  ['é😀', "'é😀'"],
  ['half \ud83d', "'half \ufffd'"],
])('the text %j is written as %s', (text, literal) => {
  expect(quoteText(text)).toBe(literal);
});

test('a name that is no word is no column of ours', () => {
  expect(quoteColumn('order')).toBe('`order`');
  expect(() => quoteColumn('a` drop')).toThrow(/No column/);
});

test.each([
  ['select * from st_raw.raw_jobs as t', 'select * from <st_raw.raw_jobs> as t'],
  [
    'select 1 from st_ops.a, st_mart.b, st_dim.c, st_ref.d, st_stage.e',
    'select 1 from <st_ops.a>, <st_mart.b>, <st_dim.c>, <st_ref.d>, <st_stage.e>',
  ],
  [String.raw`select 'st_raw.x', 'it\'s st_raw.y', "st_raw.z"`, null],
  ["select 'a''b st_raw.x'", null],
  ['select 1 -- st_raw.x\n/* st_raw.y */', null],
  ['select my_st_raw.x, st_rawer.x, `st_raw.x`, st_raw', null],
])('tables are renamed in %s', (sql, renamed) => {
  expect(renameTables(sql, (table) => `<${table}>`)).toBe(renamed ?? sql);
});

test('parameters are found outside of literals, and are no system variables', () => {
  expect(
    findParameters(String.raw`select @a, '@b', @a_1, @a, @@row_count, 'it\'s @c' -- @d`),
  ).toEqual(['a', 'a_1']);
});
