import { expect, test } from '@jest/globals';
import { labelsOf } from '../../../src/warehouses/bigquery/labels.ts';

test('labels are made of what labels may hold: 63 characters, in lower case', () => {
  const entity = `st_mart.Ä ${'x'.repeat(80)}`;
  const labels = labelsOf('0B8E-Run/7', { entity, step: 'build' });
  expect(labels).toEqual({
    fieldmart_run: '0b8e-run_7',
    fieldmart_entity: `st_mart___${'x'.repeat(53)}`,
    fieldmart_step: 'build',
  });
  for (const value of Object.values(labels)) expect(value).toMatch(/^[a-z0-9_-]{0,63}$/);
});
