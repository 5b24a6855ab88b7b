import { describe, expect, test } from '@jest/globals';
import { chooseArguments } from '../../src/cli/choose-report-arguments.ts';

const parameter = (name: string, dataType: string, more = {}) => ({
  ...{ name, label: name, dataType, isArray: false, isRequired: false, ...more },
});

const parameters = [
  parameter('From', 'Date', { isRequired: true }),
  parameter('To', 'Date', { isRequired: true }),
  parameter('BusinessUnitIds', 'Number', { isArray: true }),
  parameter('IncludeInactive', 'Boolean'),
  parameter('DateType', 'String'),
];

const choose = (params: string[], known = parameters) =>
  chooseArguments({
    ...{ title: 'report marketing/1001', parameters: known, params },
    ...{ first: '2024-03-01', last: '2024-03-07' },
  });

test('the period comes from the command line unless a parameter says otherwise', () => {
  expect(choose([])).toEqual([
    { name: 'From', value: '2024-03-01' },
    { name: 'To', value: '2024-03-07' },
  ]);
  expect(choose(['from=2024-02-01'])).toEqual([
    { name: 'To', value: '2024-03-07' },
    { name: 'From', value: '2024-02-01' },
  ]);
  expect(choose([], [])).toEqual([]);
});

test('values take the type that the report asks for', () => {
  const typed = ['businessunitids=301, 302', 'IncludeInactive=yes', 'DateType= a=b '];
  expect(choose(typed).slice(2)).toEqual([
    { name: 'BusinessUnitIds', value: [301, 302] },
    { name: 'IncludeInactive', value: true },
    { name: 'DateType', value: 'a=b' },
  ]);
  expect(choose(['BusinessUnitIds=301']).at(-1)?.value).toEqual([301]);
});

describe('what the report does not take', () => {
  test.each([
    [['From'], /Cannot use --param From: it is no parameter; write NAME=VALUE/],
    [['=7'], /it is no parameter/],
    [
      ['Form=2024-03-01'],
      /report marketing\/1001 has no such parameter; did you mean From\?\nParameters: From, To,/,
    ],
    [['Zzzzzzz=1'], /has no such parameter\n/],
    [['BusinessUnitIds=301,Phoenix'], /--param BusinessUnitIds=Phoenix: it is no number/],
    [['BusinessUnitIds=9007199254740993'], /it is no number/],
    [['BusinessUnitIds='], /it is no number/],
    [['IncludeInactive=perhaps'], /it is no yes or no; write true or false/],
    [['From=yesterday'], /it is no date; write it as 2024-03-01/],
    [['DateType=1', 'datetype=2'], /--param DateType twice/],
  ])('%j', (params, message) => {
    expect(() => choose(params)).toThrow(message);
  });

  test('a parameter that it asks for in vain', () => {
    const known = [...parameters, parameter('Team', 'String', { isRequired: true, label: 'Crew' })];
    expect(() => choose([], known)).toThrow(
      'Cannot run report marketing/1001: it asks for Team (Crew); add --param NAME=VALUE for each',
    );
  });
});
