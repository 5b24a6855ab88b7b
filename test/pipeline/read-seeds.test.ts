import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '../../src/errors.ts';
import { readSeeds } from '../../src/pipeline/read-seeds.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const rollupHeader = 'business_unit_id,business_unit_name,unit_kind,rolls_up_to,region';

/** An `sql` folder with these seeds. */
const seedsDir = async (files: Record<string, string>): Promise<string> => {
  const dir = join(await makeTempDir(), 'sql');
  await mkdir(join(dir, 'seeds'), { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(dir, 'seeds', `${name}.csv`), text);
  }
  return dir;
};

/** The faults of the seeds, one a line; empty when there is none. */
const faultsOf = async (files: Record<string, string>): Promise<string[]> => {
  try {
    await readSeeds(await seedsDir(files));
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message.split('\n').slice(1);
  }
};

const rollup = (...lines: string[]): Promise<string[]> =>
  faultsOf({ business_unit_rollup: [rollupHeader, ...lines, ''].join('\n') });

const groups = (...lines: string[]): Promise<string[]> =>
  faultsOf({ job_type_groups: ['job_type_group,job_type_name', ...lines, ''].join('\n') });

test('the project’s own seeds are without fault, and every row is stored', async () => {
  const seeds = await readSeeds('sql');
  expect(seeds.map(({ table }) => table)).toEqual([
    'st_ref.seed_business_unit_rollup',
    'st_ref.seed_job_type_groups',
  ]);
  expect(
    seeds.every(({ columns, rows }) => rows.every((row) => row.length === columns.length)),
  ).toBe(true);
  expect(seeds[0]?.rows.length).toBeGreaterThan(10);
});

describe('what a person may write', () => {
  test.each([
    ['a kind in any case, blanks around it', ['10,A, Sales ,A,Phoenix']],
    ['no id', [',A,SALES,A,Phoenix', ',B,PRODUCTION,B,Phoenix']],
    ['no name beside an id', ['10,,SALES,A,Phoenix']],
    ['one name with an id and without', ['10,A,SALES,A,Phoenix', ',A,SALES,A,Phoenix']],
    ['one name under two ids', ['10,A,SALES,A,Phoenix', '11,A,SALES,A,Phoenix']],
    ['NONE without unit and region', ['10,A,NONE,,']],
    ['NONE with what it had before', ['10,A,SALES,A,Phoenix', '11,B,NONE,A,phoenix']],
  ])('%s', async (_, lines) => {
    expect(await rollup(...lines)).toEqual([]);
  });

  test('a job type in two groups, a column more, any other seed', async () => {
    expect(await groups('estimate,A', 'warranty,A')).toEqual([]);
    expect(
      await faultsOf({
        job_type_groups: 'note,job_type_name,job_type_group\n,A,estimate\n',
        other: 'a\n1\n',
      }),
    ).toEqual([]);
  });
});

describe('a roll-up that is refused: file, line, reason', () => {
  test.each([
    ['10,A,SALE,A,Phoenix', /line 2: unit_kind "SALE" is unknown; write SALES, PRODUCTION, NONE$/],
    ['10,A,,A,Phoenix', /line 2: unit_kind "" is unknown/],
    ['10,A,SALES,,Phoenix', /line 2: a SALES unit needs rolls_up_to$/],
    ['10,A,production,A, ', /line 2: a PRODUCTION unit needs region$/],
    ['10,A,SALES,A,(No unit)', /line 2: region \(no unit\) is the marts’ own name/],
    ['x1,A,SALES,A,Phoenix', /line 2: business_unit_id "x1" is no whole number$/],
    ['1.0,A,SALES,A,Phoenix', /"1\.0" is no whole number$/],
    ['007,A,SALES,A,Phoenix', /"007" is no whole number$/],
    [' , ,SALES,A,Phoenix', /line 2: it has neither business_unit_id nor business_unit_name$/],
    ['10,A,SALES,(no unit),Phoenix', /line 2: rolls_up_to \(no unit\) is the marts’ own name/],
    ['10,A,SALES,A', /line 2: it has 4 fields and the first row has 5$/],
  ])('%s', async (line, reason) => {
    const faults = await rollup(line);
    expect(faults).toEqual([expect.stringMatching(reason)]);
    expect(faults[0]).toMatch(/^ {2}sql\/seeds\/business_unit_rollup\.csv line /);
  });

  test.each([
    ['one id', '10,B,SALES,A,Phoenix', /line 3: its business_unit_id stands in line 2 already/],
    [
      'one name without an id, in another case',
      ', a ,SALES,A,Phoenix',
      /line 4: its business_unit_name, without an id, stands in line 3 already/,
    ],
    [
      'two kinds of a unit',
      '11,B,PRODUCTION,A,Phoenix',
      /line 3: unit_kind of A is PRODUCTION here and SALES in line 2/,
    ],
    [
      'two regions of a unit',
      '11,B,SALES,A,Tucson',
      /line 3: region of A is Tucson here and Phoenix in line 2/,
    ],
    [
      'two spellings of a unit',
      '11,B,SALES,a,Phoenix',
      /line 3: rolls_up_to "a" is spelled "A" in line 2; write it in one way/,
    ],
    [
      'two spellings of a region',
      '11,B,PRODUCTION,B,phoe nix',
      /line 3: region "phoe nix" is spelled "Phoenix" in line 2/,
    ],
  ])('%s', async (_, line, reason) => {
    const named = line.startsWith(',') ? [',A,SALES,A,Phoenix'] : [];
    expect(await rollup('10,A,SALES,A,Phoenix', ...named, line)).toEqual([
      expect.stringMatching(reason),
    ]);
  });

  test('lines are those of the file, quoted line breaks counted', async () => {
    expect(await rollup('10,"A', 'B",SALES,A,Phoenix', '', '11,C,WHAT,C,Tucson')).toEqual([
      expect.stringMatching(/line 5: unit_kind "WHAT"/),
    ]);
  });
});

describe('job type groups that are refused', () => {
  test.each([
    [['estimates,A'], /line 2: job_type_group "estimates" is unknown; write estimate, warranty/],
    [['Estimate,A'], /line 2: job_type_group "Estimate" is unknown/],
    [['estimate, '], /line 2: it has no job_type_name/],
    [
      ['estimate,Estimate- Cabinets', 'estimate, ESTIMATE- cabinets '],
      /line 3: its job_type_name, in this group, stands in line 2 already/,
    ],
    [['estimate,Estimate, Cabinets'], /line 2: it has 3 fields and the first row has 2/],
  ])('%j', async (lines, reason) => {
    expect(await groups(...lines)).toEqual([expect.stringMatching(reason)]);
  });
});

test('all faults of all files are listed at once, by line', async () => {
  const faults = await faultsOf({
    business_unit_rollup: `${rollupHeader}\nx,A,SALE,A,Phoenix\n10,B,NONE,,\n10,C,NONE,,\n`,
    job_type_groups: 'job_type_group\nestimate\n',
    odd: 'a,b\n1,2,3\n',
    empty: '',
    twice: 'a,a\n1,2\n',
    quoted: 'a\n"1\n',
  });
  expect(faults).toEqual([
    expect.stringMatching(/rollup\.csv line 2: business_unit_id "x" is no whole number/),
    expect.stringMatching(/rollup\.csv line 2: unit_kind "SALE" is unknown/),
    expect.stringMatching(/rollup\.csv line 4: its business_unit_id stands in line 3/),
    expect.stringMatching(/empty\.csv line 1: the file is empty/),
    expect.stringMatching(/groups\.csv line 1: the column job_type_name is missing/),
    expect.stringMatching(/odd\.csv line 2: it has 3 fields and the first row has 2/),
    expect.stringMatching(/quoted\.csv line \d: the file ends inside quotes/),
    expect.stringMatching(/twice\.csv line 1: the column a stands twice/),
  ]);
});
