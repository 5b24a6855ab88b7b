import type { Row } from '../../../src/warehouses/warehouse.ts';
import type { Table, TypeName } from '../../support/googlesql/tables.ts';

/** Values at which engines like to differ, and what the models do with such values. */
export type Sample = { table: Table; rows: Row[]; query: string };

const sampleOf = (
  name: string,
  columns: Readonly<Record<string, TypeName>>,
  rows: readonly (readonly (string | null)[])[],
  expressions: readonly string[],
): Sample => {
  const names = Object.keys(columns);
  return {
    table: {
      name: `st_ref.sample_${name}`,
      columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
    },
    rows: rows.map((row) =>
      Object.fromEntries(names.map((column, index) => [column, row[index] ?? null])),
    ),
    query: `select ${[...names, ...expressions.map((text, index) => `${text} as x${index}`)].join(
      ', ',
    )} from st_ref.sample_${name}`,
  };
};

const cross = (left: readonly string[], right: readonly string[]): string[][] =>
  left.flatMap((one) => right.map((other) => [one, other]));

const instants = sampleOf(
  'instants',
  { instant: 'TIMESTAMP', zone: 'STRING' },
  [
    ...cross(
      [
        '1999-12-31T23:30:00Z',
        '2024-03-05T00:00:00Z',
        '2024-03-05T06:59:59.999999Z',
        '2024-03-05T07:00:00Z',
        '2024-03-31T00:59:59Z',
        '2024-03-31T22:00:00Z',
        '2024-10-27T00:30:00Z',
        '2024-11-03T06:00:00Z',
      ],
      ['UTC', 'America/Phoenix', 'America/Denver', 'Europe/Berlin', 'Asia/Kathmandu'],
    ),
    ['0001-01-01T00:00:00Z', 'UTC'],
    [null, 'UTC'],
  ],
  [
    'cast(datetime(instant, zone) as DATE)',
    `cast(datetime(instant, zone) as TIME) = time '00:00:00'`,
    `instant >= timestamp '2000-01-01 00:00:00+00'`,
    `if(instant >= timestamp '2000-01-01 00:00:00+00', instant, NULL)`,
  ],
);

const days = sampleOf(
  'days',
  { day: 'DATE' },
  ['0001-01-01', '1969-12-31', '1970-01-01', '2024-02-29', '2024-03-03', '2099-12-31', null].map(
    (day) => [day],
  ),
  [
    'unix_date(day)',
    'date_from_unix_date(unix_date(day) + 10)',
    'mod(unix_date(day) + 3, 7)',
    'cast(date_add(day, interval 1 year) as DATE)',
  ],
);

const numbers = sampleOf(
  'numbers',
  { n: 'NUMERIC', d: 'NUMERIC' },
  [
    ...cross(
      ['0', '1', '-1', '2', '0.005', '-0.005', '0.000000001', '-0.000000003', '12345678.123456789'],
      ['0', '3', '-3', '2', '-2', '0.7', '99999999.999999999'],
    ),
    ['1.004999999', '1'],
    ['99999999999999999.123456789', '0.7'],
    ['100', '0.000000003'],
    ['2.5', '-0.000000001'],
    [null, '1'],
    ['1', null],
  ],
  [
    'n + d',
    'n - d',
    'safe_divide(n, d)',
    'round(safe_divide(100 * n, d), 2)',
    'round(n, 2)',
    'cast(n as INT64)',
    'n >= 10',
    'if(n != 0, n, 0)',
    'coalesce(n, 0)',
  ],
);

const products = sampleOf(
  'products',
  { n: 'NUMERIC', d: 'NUMERIC' },
  [
    ['1.111111111', '0.333333335'],
    ['0.000000001', '0.5'],
    ['-0.000000001', '0.5'],
    ['0.000000001', '0.499999999'],
    ['123456789.123456789', '987.654321'],
    [null, '1'],
  ],
  ['cast(n * d as NUMERIC(38, 9))'],
);

const texts = sampleOf(
  'texts',
  { t: 'STRING' },
  [
    ...'\t|\n|\v|\f|\r| |\x1c|\x85|\xa0|\u1680|\u180e|\u2000|\u200a|\u200b|\u2028|\u2029|\u202f|\u205f|\u2060|\u3000'
      .split('|')
      .map((blank) => `${blank} a ${blank}b${blank}`),
    ...[
      '',
      '   ',
      'Estimate- Cabinets',
      'NOËL Åberg',
      'Große Straße',
      'conTEST',
      "Andy's",
      'a"b\\n',
    ],
    ...['1', '007', '-1', '12345678901234567890', '1\n', '1e2', '1.5', '1.', '.5', '-1.0000000005'],
    ...[
      '999999999.9999999994',
      '999999999.9999999995',
      '-1000000000',
      '0.0000000005',
      '-0.0000000004',
    ],
    ...['2024-01-01T00:00:00Z', '2024-01-01T00:00:00', '2024-01-01T00:00:00-07:00'],
    null,
  ].map((t) => [t]),
  [
    'trim(t)',
    'lower(trim(t))',
    `nullif(trim(t), '')`,
    `strpos(lower(t), 'test') > 0`,
    `regexp_contains(t, '^[0-9]{1,18}$')`,
    `regexp_contains(t, '([Zz]|[+-][0-9][0-9]:?[0-9][0-9])$')`,
    `if(regexp_contains(t, '^[0-9]{1,18}$'), cast(t as INT64), NULL)`,
    `if(regexp_contains(t, '^-?[0-9]{1,20}([.][0-9]+)?$'), parse_numeric(t), NULL)`,
    `t in ('1', '007')`,
    `lower(trim(coalesce(t, ''))) != 'a'`,
  ],
);

const json = sampleOf(
  'json',
  { j: 'STRING' },
  [
    ...[
      '1',
      '-0.5',
      '1234.56',
      '"1.10"',
      '"x\\u00e9\\n"',
      '""',
      'true',
      'null',
      '9007199254740993',
    ],
    ...['{"b": 1}', '[]', '[1, 2]', '[{"b": "1"}, {"b": 2.5}, null, {"c": 3}]', '{"0": {"b": 1}}'],
    ...['"\\ud83d"', '"\\\\ud83d"', '[{"b": "\\ud83d"}, {"b": "7"}]'],
  ]
    .map((value) => [`{"x": "\\u00e9 \\\\u", "a": ${value}}`])
    .concat([['{}'], ['{"A": 1}'], [' {"b" : {"a" : 1} } ']]),
  [
    `json_value(j, '$.a')`,
    `array_length(json_query_array(j, '$.a'))`,
    `json_value(json_query_array(j, '$.a')[safe_offset(0)], '$.b')`,
    `json_value(json_query_array(j, '$.a')[safe_offset(1)], '$.b')`,
    `json_value(json_query_array(j, '$.a')[safe_offset(9)], '$.b')`,
  ],
);

const order = sampleOf(
  'order',
  { t: 'STRING', n: 'NUMERIC' },
  cross(['a', 'B', 'é', 'Z', ''], ['1', '-2']).concat([['b'], ['c']]),
  [
    'row_number() over (order by t, n)',
    'row_number() over (order by n desc, t)',
    'row_number() over (order by n, t desc)',
  ],
);

export const samples: readonly Sample[] = [order, instants, days, numbers, products, texts, json];
