import {
  prefixDatasets,
  quoteName,
  quoteText,
  rewriteParameters,
} from '../../src/warehouses/sql-text.ts';

test('names and texts are quoted so that nothing escapes', () => {
  expect(quoteName('a"; drop')).toBe('"a""; drop"');
  expect(quoteText("it's")).toBe("'it''s'");
});

test.each([
  ['select * from st_raw.jobs', 'select * from "p_st_raw".jobs'],
  ['st_ops.a st_mart.b st_dim.c st_ref.d', '"p_st_ops".a "p_st_mart".b "p_st_dim".c "p_st_ref".d'],
  ["select 'st_raw.x', 'it''s st_raw.y'", "select 'st_raw.x', 'it''s st_raw.y'"],
  ['select 1 -- st_raw.x\n/* st_raw.y */', 'select 1 -- st_raw.x\n/* st_raw.y */'],
  ['my_st_raw.x, st_rawer.x, "st_raw.x", st_raw', 'my_st_raw.x, st_rawer.x, "st_raw.x", st_raw'],
])('datasets are prefixed in %s', (sql, prefixed) => {
  expect(prefixDatasets(sql, 'p_')).toBe(prefixed);
});

test('parameters are rewritten outside literals', () => {
  expect(rewriteParameters("select @a, '@b', @a_1 -- @c", (name) => `$${name}`)).toEqual({
    sql: "select $a, '@b', $a_1 -- @c",
    names: ['a', 'a_1'],
  });
});
