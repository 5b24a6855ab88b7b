import type { Example } from './example.ts';
import { types, units } from './references.ts';

const visit = {
  businessUnitId: units.phoenixSales,
  jobTypeId: types.estimate,
  jobStatus: 'Completed',
  completedOn: '2024-03-18T18:00:00Z',
};

export const numEstimates: Example = {
  kpi: 'num_estimates',
  unit: 'Phoenix-Sales',
  date: '2024-03-18',
  given: [
    {
      table: 'jobs',
      rows: [
        {
          row: { id: 1, ...visit },
          why: 'counts; whether an estimate was written does not matter',
        },
        {
          row: { id: 2, ...visit, jobTypeId: types.cabinets, completedOn: '2024-03-19T02:30:00Z' },
          why: 'counts: it was 19:30 on the 18th',
        },
        {
          row: { id: 3, ...visit, jobStatus: 'Canceled' },
          why: 'canceled, though it has a completedOn',
        },
        { row: { id: 4, ...visit, jobTypeId: types.unlisted }, why: 'a type that is in no group' },
        {
          row: { id: 5, ...visit, businessUnitId: units.phoenixProduction },
          why: 'of a production unit',
        },
        {
          row: { id: 6, ...visit, completedOn: '2024-03-19T18:00:00Z' },
          why: 'counts on the 19th',
        },
      ],
    },
  ],
  expected: [{ unit: 'Phoenix-Sales', numbers: { num_estimates: 2 } }],
};
