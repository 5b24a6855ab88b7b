import type { Example } from './example.ts';
import { types, units } from './references.ts';

const work = { businessUnitId: units.phoenixProduction, completedOn: '2024-03-18T23:00:00Z' };

export const warrantyPercent: Example = {
  kpi: 'warranty_percent',
  unit: 'Phoenix-Production',
  date: '2024-03-18',
  given: [
    {
      table: 'jobs',
      rows: [
        { row: { id: 1, ...work, jobTypeId: types.repaint }, why: 'brings the revenue' },
        { row: { id: 2, ...work, jobTypeId: types.warranty }, why: 'warranty' },
        { row: { id: 3, ...work, jobTypeId: types.touchup }, why: 'warranty' },
        {
          row: { id: 4, ...work, jobTypeId: types.solarTouchup },
          why: 'a type that is in no group',
        },
        {
          row: {
            id: 5,
            ...work,
            businessUnitId: units.phoenixSales,
            jobTypeId: types.warranty,
          },
          why: 'of a sales unit',
        },
      ],
    },
    { table: 'invoices', rows: [{ row: { id: 101, jobId: 1, subTotal: 3000 }, why: '' }] },
    {
      table: 'payroll',
      rows: [
        { row: { id: 1, jobId: 1, amount: 900 }, why: 'no warranty work' },
        { row: { id: 2, jobId: 2, amount: 100 }, why: 'counts' },
        { row: { id: 4, jobId: 4, amount: 80 }, why: '' },
        { row: { id: 5, jobId: 5, amount: 60 }, why: '' },
      ],
    },
    {
      table: 'purchase_orders',
      rows: [{ row: { id: 1, jobId: 3, status: 'Sent', total: '25.50' }, why: 'counts' }],
    },
  ],
  expected: [
    {
      unit: 'Phoenix-Production',
      numbers: { dollars_produced: '3000.00', warranty_cost: '125.50', warranty_percent: '4.18' },
    },
  ],
};
