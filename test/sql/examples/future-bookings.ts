import type { Example } from './example.ts';
import { types, units } from './references.ts';

const work = {
  businessUnitId: units.phoenixProduction,
  jobTypeId: types.repaint,
  jobStatus: 'Scheduled',
};

/** Each job’s first appointment. */
const starts: readonly [jobId: number, start: string, why: string][] = [
  [1, '2024-03-18T15:00:00Z', ''],
  [2, '2024-03-18T04:00:00Z', 'it was 21:00 on Sunday'],
  [3, '2025-03-18T15:00:00Z', ''],
  [4, '2025-03-19T15:00:00Z', ''],
  [5, '2024-04-02T15:00:00Z', ''],
  [6, '2024-04-02T15:00:00Z', ''],
  [7, '2024-04-02T15:00:00Z', ''],
];

export const futureBookings: Example = {
  kpi: 'future_bookings',
  unit: 'Phoenix-Production',
  date: '2024-03-20',
  given: [
    {
      table: 'jobs',
      rows: [
        {
          row: { id: 1, ...work, jobStatus: 'Completed' },
          why: 'starts on the Monday of this week: in',
        },
        { row: { id: 2, ...work }, why: 'starts on the Sunday before: out' },
        {
          row: { id: 3, ...work },
          why: 'starts a year after that Monday: the last day that is in',
        },
        { row: { id: 4, ...work }, why: 'starts a day later: out' },
        { row: { id: 5, ...work, jobStatus: 'Canceled' }, why: 'canceled' },
        {
          row: { id: 6, ...work, jobTypeId: types.inspection },
          why: 'a type of production_exclude',
        },
        { row: { id: 7, ...work, jobTypeId: types.warranty }, why: 'in, and brings nothing' },
      ],
    },
    {
      table: 'appointments',
      rows: starts.map(([jobId, start, why]) => ({ row: { id: 30 + jobId, jobId, start }, why })),
    },
    {
      table: 'invoices',
      rows: [1, 2, 3, 4, 5, 6].map((jobId) => ({
        row: { id: 100 + jobId, jobId, subTotal: 1000 * jobId },
        why: '',
      })),
    },
  ],
  expected: [{ unit: 'Phoenix-Production', numbers: { future_bookings: '4000.00' } }],
};
