import type { Example } from './example.ts';
import { types, units } from './references.ts';

const work = {
  businessUnitId: units.phoenixProduction,
  jobTypeId: types.repaint,
  jobStatus: 'Completed',
  completedOn: '2024-03-18T23:00:00Z',
};

export const dollarsProduced: Example = {
  kpi: 'dollars_produced',
  unit: 'Phoenix-Production',
  date: '2024-03-18',
  given: [
    {
      table: 'jobs',
      rows: [
        {
          row: { id: 1, ...work, completedOn: '2024-03-19T22:00:00Z' },
          why: 'starts on the 18th, with its first appointment',
        },
        {
          row: { id: 2, ...work, jobStatus: 'Canceled' },
          why: 'has no appointment: starts when it was completed; canceled work that was invoiced counts',
        },
        { row: { id: 3, ...work }, why: 'starts on the 19th' },
      ],
    },
    {
      table: 'appointments',
      rows: [
        {
          row: { id: 31, jobId: 1, start: '2024-03-18T15:00:00Z', status: 'Canceled' },
          why: 'the first, though canceled',
        },
        { row: { id: 32, jobId: 1, start: '2024-03-19T15:00:00Z', status: 'Done' }, why: '' },
        { row: { id: 33, jobId: 3, start: '2024-03-19T15:00:00Z', status: 'Done' }, why: '' },
      ],
    },
    {
      table: 'invoices',
      rows: [
        { row: { id: 101, jobId: 1, subTotal: '3200.00', total: '3475.20' }, why: 'before tax' },
        {
          row: { id: 102, jobId: 1, subTotal: '150.25', total: '163.17' },
          why: 'all of a job’s invoices',
        },
        { row: { id: 103, jobId: 2, subTotal: '500.00', total: '543.00' }, why: '' },
        { row: { id: 104, jobId: 3, subTotal: '700.00', total: '760.20' }, why: 'of the 19th' },
        {
          row: { id: 105, jobId: 1, subTotal: '999.00', total: '999.00', active: false },
          why: 'inactive',
        },
        {
          row: { id: 106, jobId: null, businessUnitId: units.phoenixProduction, subTotal: '80.00' },
          why: 'of no job',
        },
      ],
    },
  ],
  expected: [{ unit: 'Phoenix-Production', numbers: { dollars_produced: '3850.25' } }],
};
