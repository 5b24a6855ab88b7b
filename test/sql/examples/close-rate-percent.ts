import type { Example } from './example.ts';
import { types, units } from './references.ts';

const visit = {
  businessUnitId: units.phoenixSales,
  jobTypeId: types.estimate,
  jobStatus: 'Completed',
  completedOn: '2024-03-18T18:00:00Z',
};
const soldOn = '2024-03-18T21:00:00Z';

export const closeRatePercent: Example = {
  kpi: 'close_rate_percent',
  unit: 'Phoenix-Sales',
  date: '2024-03-18',
  given: [
    {
      table: 'jobs',
      rows: [
        {
          row: { id: 1, ...visit, completedOn: '2024-03-12T18:00:00Z' },
          why: 'closed, and of the day on which it was sold',
        },
        { row: { id: 2, ...visit }, why: 'not closed, of the day of the visit' },
        { row: { id: 3, ...visit }, why: 'closed, of the day of the visit' },
        { row: { id: 4, ...visit }, why: 'not closed: no estimate, but something was charged' },
        { row: { id: 5, ...visit }, why: 'no charge: no opportunity' },
        { row: { id: 6, ...visit }, why: 'closed on the 18th by the first of two sales' },
        {
          row: { id: 7, ...visit, jobStatus: 'Scheduled', completedOn: null },
          why: 'no opportunity yet',
        },
      ],
    },
    {
      table: 'estimates',
      rows: [
        { row: { id: 11, jobId: 1, statusName: 'Sold', soldOn }, why: '' },
        { row: { id: 12, jobId: 2, statusName: 'Dismissed', soldOn: null }, why: 'not sold' },
        {
          row: { id: 13, jobId: 3, statusName: 'Sold', soldOn: null },
          why: 'sold, nobody knows when',
        },
        { row: { id: 16, jobId: 6, statusName: 'Sold', soldOn }, why: 'the first' },
        {
          row: { id: 17, jobId: 6, statusName: 'Sold', soldOn: '2024-03-19T21:00:00Z' },
          why: 'a day later',
        },
        { row: { id: 18, jobId: 7, statusName: 'Open', soldOn: null }, why: '' },
      ],
    },
    {
      table: 'invoices',
      rows: [
        { row: { id: 104, jobId: 4, subTotal: 49 }, why: 'a fee for the visit' },
        { row: { id: 105, jobId: 5, subTotal: 0 }, why: 'nothing' },
      ],
    },
  ],
  expected: [
    {
      unit: 'Phoenix-Sales',
      numbers: { sales_opportunities: 5, closed_opportunities: 3, close_rate_percent: '60.00' },
    },
  ],
};
