import type { Example } from './example.ts';
import { types, units } from './references.ts';

const work = { businessUnitId: units.phoenixProduction, completedOn: '2024-03-18T23:00:00Z' };

export const gpmPercent: Example = {
  kpi: 'gpm_percent',
  unit: 'Phoenix-Production',
  date: '2024-03-18',
  given: [
    {
      table: 'jobs',
      rows: [
        { row: { id: 1, ...work, jobTypeId: types.repaint }, why: 'brings 4,000, costs 1,645' },
        { row: { id: 2, ...work, jobTypeId: types.warranty }, why: 'brings nothing, costs 350' },
      ],
    },
    { table: 'invoices', rows: [{ row: { id: 101, jobId: 1, subTotal: 4000 }, why: 'revenue' }] },
    {
      table: 'payroll',
      rows: [
        { row: { id: 1, jobId: 1, amount: 1200 }, why: 'labor' },
        { row: { id: 2, jobId: 1, amount: -100 }, why: 'labor that was taken back' },
        { row: { id: 3, jobId: 2, amount: 350 }, why: 'labor of the warranty job' },
      ],
    },
    {
      table: 'payroll_adjustments',
      rows: [
        { row: { id: 1, invoiceId: 101, amount: -100 }, why: 'is among the pay items already' },
      ],
    },
    {
      table: 'purchase_orders',
      rows: [
        { row: { id: 1, jobId: 1, status: 'Received', total: 500 }, why: 'material' },
        { row: { id: 2, jobId: 1, status: 'Canceled', total: 300 }, why: 'canceled' },
      ],
    },
    {
      table: 'invoice_items',
      rows: [
        { row: { id: 1, invoiceId: 101, type: 'Material', totalCost: 80 }, why: 'material' },
        {
          row: { id: 2, invoiceId: 101, type: 'Equipment', cost: '12.50', quantity: 2 },
          why: 'no total: 25.00',
        },
        { row: { id: 3, invoiceId: 101, type: 'Service', totalCost: 40 }, why: 'no material' },
      ],
    },
    {
      table: 'returns',
      rows: [
        { row: { id: 1, jobId: 1, status: 'Pending', returnAmount: 60 }, why: 'is taken off' },
      ],
    },
  ],
  expected: [
    {
      unit: 'Phoenix-Production',
      numbers: { dollars_produced: '4000.00', production_cost: '1995.00', gpm_percent: '50.13' },
    },
  ],
};
