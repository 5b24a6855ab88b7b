import { expect, test } from '@jest/globals';
import { describeSets } from '../suite/set-suite.ts';
import { duckdbRig, instant, jobs, openLab } from './fixtures.ts';

describeSets(duckdbRig);

test('of more sets than are looked at in one statement each marks what it lacks', async () => {
  const lab = await openLab();
  const count = 205;
  const records = Array.from({ length: count }, (_, id) => ({ id, customer: { id } }));
  await lab.load(jobs, records, { minute: 10 });
  const pages = [{ rows: 0, extractedAt: instant(20) }];
  const lacking = new Set([0, 99, 100, 199, 200, 204]);
  const sets = [];
  for (let id = 0; id < count; id += 1) {
    const values = [String(lacking.has(id) ? id : count)];
    const scope = { kind: 'values' as const, column: 'customerId', values };
    sets.push(await lab.seal(jobs, [], { stream: `set ${id}`, scope, pages }));
  }
  expect(await lab.commitBatches(jobs, sets)).toMatchObject({ deleted: lacking.size });
  const marked = await lab.rows('select id from st_raw.raw_jobs where _deleted order by id');
  expect(marked.map(({ id }) => id)).toEqual([...lacking]);
  await lab.close();
});
