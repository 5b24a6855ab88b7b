import type { Example } from './example.ts';
import { types, units } from './references.ts';

const visit = {
  businessUnitId: units.phoenixSales,
  jobTypeId: types.estimate,
  jobStatus: 'Scheduled',
  customerId: 101,
  createdOn: '2024-03-18T16:00:00Z',
};

export const leadCount: Example = {
  kpi: 'lead_count',
  unit: 'Phoenix-Sales',
  date: '2024-03-18',
  given: [
    {
      table: 'customers',
      rows: [
        { row: { id: 101, name: 'Iris Quill' }, why: 'asked twice' },
        { row: { id: 102, name: 'Otto Brand' }, why: '' },
        { row: { id: 103, name: 'TEST account' }, why: 'its jobs are no leads' },
      ],
    },
    {
      table: 'jobs',
      rows: [
        { row: { id: 1, ...visit }, why: 'a lead' },
        {
          row: { id: 2, ...visit, jobTypeId: types.cabinets, jobStatus: 'Canceled' },
          why: 'a lead, though canceled, of the same customer',
        },
        {
          row: {
            id: 3,
            ...visit,
            businessUnitId: units.retiredSales,
            customerId: 102,
            createdOn: '2024-03-19T04:30:00Z',
          },
          why: 'a lead: the unit rolls up to Phoenix-Sales, and in Phoenix it was 21:30 on the 18th',
        },
        { row: { id: 4, ...visit, customerId: null }, why: 'a lead of an unknown customer' },
        { row: { id: 5, ...visit, customerId: 103 }, why: 'no lead: a test' },
        { row: { id: 6, ...visit, jobTypeId: types.repaint }, why: 'no lead: no estimate visit' },
        { row: { id: 7, ...visit, createdOn: '2024-03-19T15:00:00Z' }, why: 'a lead of the 19th' },
      ],
    },
  ],
  expected: [{ unit: 'Phoenix-Sales', numbers: { lead_count: 4, lead_customers: 2 } }],
};
