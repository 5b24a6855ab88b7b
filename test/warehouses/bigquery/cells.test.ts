import { expect, test } from '@jest/globals';
import { toParameter } from '../../../src/warehouses/bigquery/parameters.ts';
import { readCells } from '../../../src/warehouses/bigquery/read-cells.ts';

const field = (name: string, type: string, more: object = {}) => ({ name, type, ...more });

test('result cells are exact and plain', () => {
  const fields = [
    field('big', 'INTEGER'),
    field('small', 'INTEGER'),
    field('money', 'NUMERIC'),
    field('whole', 'NUMERIC'),
    field('at', 'TIMESTAMP'),
    field('early', 'TIMESTAMP'),
    field('first', 'TIMESTAMP'),
    field('day', 'DATE'),
    field('yes', 'BOOLEAN'),
    field('ratio', 'FLOAT'),
    field('nothing', 'STRING'),
    field('list', 'INTEGER', { mode: 'REPEATED' }),
    field('struct', 'RECORD', { fields: [field('a', 'INTEGER'), field('b', 'STRING')] }),
  ];
  const cells = [
    ...['9007199254740993', '5', '-0.1', '12', '1709312400500000', '-1', '-62135596800000000'],
    ...['2024-03-01', 'true', '1.5', null],
    [{ v: '1' }, { v: '2' }],
    { f: [{ v: '1' }, { v: null }] },
  ];
  expect(readCells({ schema: { fields }, rows: [{ f: cells.map((v) => ({ v })) }] })).toEqual([
    {
      big: '9007199254740993',
      small: 5,
      money: '-0.100000000',
      whole: '12.000000000',
      at: '2024-03-01T17:00:00.500Z',
      early: '1969-12-31T23:59:59.999999Z',
      first: '0001-01-01T00:00:00.000Z',
      day: '2024-03-01',
      yes: true,
      ratio: 1.5,
      nothing: null,
      list: [1, 2],
      struct: '{"a":1,"b":null}',
    },
  ]);
  expect(readCells({})).toEqual([]);
});

test.each([
  ['x', { type: 'STRING' }, { value: 'x' }],
  [5, { type: 'INT64' }, { value: '5' }],
  [0.5, { type: 'FLOAT64' }, { value: '0.5' }],
  [true, { type: 'BOOL' }, { value: 'true' }],
  [null, { type: 'STRING' }, {}],
  [
    ['a', 'b'],
    { type: 'ARRAY', arrayType: { type: 'STRING' } },
    { arrayValues: [{ value: 'a' }, { value: 'b' }] },
  ],
  [[], { type: 'ARRAY', arrayType: { type: 'STRING' } }, { arrayValues: [] }],
  [
    [1, 0.5],
    { type: 'ARRAY', arrayType: { type: 'FLOAT64' } },
    { arrayValues: [{ value: '1' }, { value: '0.5' }] },
  ],
])('the parameter %j has its type', (value, parameterType, parameterValue) => {
  expect(toParameter('p', value)).toEqual({ name: 'p', parameterType, parameterValue });
});
