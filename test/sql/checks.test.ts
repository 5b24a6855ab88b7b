import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readModels } from '../../src/pipeline/read-models.ts';
import { readSeeds } from '../../src/pipeline/read-seeds.ts';
import { runChecks } from '../../src/pipeline/run-checks.ts';
import { servicetitanEntities as entities } from '../../src/sources/servicetitan/index.ts';
import { stateTables } from '../../src/warehouses/state-tables.ts';
import { checks, openCheckRig } from './support/check-rig.ts';

describe('every check file', () => {
  test('names the tables it reads, and a decision that is written down', async () => {
    const known = [
      ...(await readModels('sql')).map(({ name }) => name),
      ...(await readSeeds('sql')).map(({ table }) => table),
      ...Object.keys(stateTables).map((name) => `st_ops.${name}`),
      ...entities.map(({ table }) => `st_raw.${table}`),
    ];
    const decisions = await readFile('docs/decisions.md', 'utf8');
    const anchors = [...decisions.matchAll(/^## (.+)$/gm)].map(
      ([, title = '']) =>
        `docs/decisions.md#${title
          .toLowerCase()
          .replace(/[^a-z0-9 -]/g, '')
          .replace(/ /g, '-')}`,
    );
    for (const { name, sources, sql, decision } of checks) {
      const named = [...sql.matchAll(/\bst_(?:raw|ref|dim|mart|ops)\.\w+/g)].map(
        ([table]) => table,
      );
      expect({ name, sources: [...sources].sort() }).toEqual({
        name,
        sources: [...new Set(named)].sort(),
      });
      for (const source of sources) expect(known).toContain(source);
      expect(anchors).toContain(decision);
    }
  });

  test('is yellow only where docs/decisions.md states its threshold', async () => {
    const decisions = await readFile('docs/decisions.md', 'utf8');
    const [, section = ''] = /^## The checks that are yellow$([^]*?)^## /m.exec(decisions) ?? [];
    const stated = [...section.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name);
    const yellow = checks.filter(({ severity }) => severity === 'yellow').map(({ name }) => name);
    expect(stated.sort()).toEqual(yellow.sort());
  });

  test('of freshness and of months: both know every entity', async () => {
    for (const file of ['checks/entities_fresh.sql', 'mart/record_months.sql']) {
      const text = await readFile(join('sql', file), 'utf8');
      const named = [...text.matchAll(/'([a-z-]+)'(?: as entity)?(?:,|$)/gm)].map(
        ([, name]) => name,
      );
      const names = entities.map(({ name }) => name);
      expect({ file, names: names.filter((name) => !named.includes(name)) }).toEqual({
        file,
        names: [],
      });
    }
  });

  test('shows no name of a person', () => {
    for (const { name, sql } of checks) {
      expect({
        name,
        found: /customerName|customers|technician_?name|employee_?name/i.test(
          sql.replace(/'[^']*'/g, ''),
        ),
      }).toEqual({
        name,
        found: false,
      });
    }
  });
});

test('on good data every check is green', async () => {
  const rig = await openCheckRig();
  const results = await runChecks(rig.warehouse.query, checks);
  await rig.close();
  expect(results.length).toBeGreaterThan(20);
  expect(results.filter(({ status }) => status !== 'green')).toEqual([]);
});
