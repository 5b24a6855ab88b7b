import type { Example } from './example.ts';
import { types, units } from './references.ts';

const sold = { jobId: 1, statusName: 'Sold', soldOn: '2024-03-18T20:15:00Z' };

export const totalBooked: Example = {
  kpi: 'total_booked',
  unit: 'Phoenix-Sales',
  date: '2024-03-18',
  given: [
    {
      table: 'jobs',
      rows: [
        {
          row: { id: 1, businessUnitId: units.phoenixSales, jobTypeId: types.estimate },
          why: 'a job of a sales unit',
        },
        {
          row: { id: 2, businessUnitId: units.phoenixProduction, jobTypeId: types.repaint },
          why: 'a job of a production unit',
        },
      ],
    },
    {
      table: 'estimates',
      rows: [
        {
          row: { id: 11, ...sold, soldOn: '2024-03-19T01:02:00Z', subtotal: 9920 },
          why: 'booked: it was 18:02 on the 18th',
        },
        { row: { id: 12, ...sold, subtotal: '1250.55' }, why: 'booked' },
        { row: { id: 13, ...sold, subtotal: 0 }, why: 'booked, for nothing' },
        { row: { id: 14, ...sold, statusName: 'Open', subtotal: 5000 }, why: 'not sold' },
        { row: { id: 15, ...sold, soldOn: null, subtotal: 700 }, why: 'nobody knows when' },
        {
          row: { id: 16, ...sold, jobId: 2, subtotal: 1200 },
          why: 'sold on a production job (a change order): not booked by sales',
        },
        { row: { id: 17, ...sold, jobId: null, subtotal: 300 }, why: 'of no job' },
        { row: { id: 18, ...sold, subtotal: 800, active: false }, why: 'inactive' },
      ],
    },
  ],
  expected: [{ unit: 'Phoenix-Sales', numbers: { total_booked: '11170.55' } }],
};
