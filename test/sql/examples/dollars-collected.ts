import type { Example } from './example.ts';
import { types, units } from './references.ts';

const payload = (date: string, appliedTo: object[]): string => JSON.stringify({ date, appliedTo });

const payment = (
  id: number,
  fields: { businessUnitId: number; total: string; date: string },
  appliedTo: object[] = [],
) => ({ id, ...fields, payload: payload(fields.date, appliedTo) });

export const dollarsCollected: Example = {
  kpi: 'dollars_collected',
  unit: 'Phoenix-Production',
  date: '2024-03-18',
  given: [
    {
      table: 'jobs',
      rows: [
        {
          row: { id: 1, businessUnitId: units.phoenixProduction, jobTypeId: types.repaint },
          why: '',
        },
        {
          row: { id: 2, businessUnitId: units.tucsonProduction, jobTypeId: types.repaint },
          why: '',
        },
      ],
    },
    {
      table: 'invoices',
      rows: [
        { row: { id: 101, jobId: 1 }, why: 'Phoenix-Production, like its job' },
        { row: { id: 102, jobId: 2 }, why: 'Tucson-Production' },
      ],
    },
    {
      table: 'payments',
      rows: [
        {
          row: payment(
            1,
            {
              businessUnitId: units.phoenixSales,
              total: '1000.00',
              date: '2024-03-18T17:00:00Z',
            },
            [
              { appliedTo: 101, appliedAmount: '600.00' },
              { appliedTo: 102, appliedAmount: '300.00' },
            ],
          ),
          why: '600 to Phoenix-Production, 300 to Tucson-Production, the other 100 to its own unit',
        },
        {
          row: payment(
            2,
            {
              businessUnitId: units.phoenixProduction,
              total: '-50.00',
              date: '2024-03-19T05:00:00Z',
            },
            [{ appliedTo: 101, appliedAmount: '-50.00' }],
          ),
          why: 'a refund, at 22:00 on the 18th',
        },
        {
          row: payment(3, {
            businessUnitId: units.phoenixProduction,
            total: '200.00',
            date: '2024-03-18T00:00:00Z',
          }),
          why: 'applied to nothing; midnight in UTC is a date without a time, and stays the 18th',
        },
        {
          row: payment(
            4,
            {
              businessUnitId: units.phoenixProduction,
              total: '75.00',
              date: '2024-03-18T17:00:00Z',
            },
            [{ appliedTo: 999, appliedAmount: '75.00' }],
          ),
          why: 'the invoice is unknown: no unit',
        },
      ],
    },
  ],
  expected: [
    { unit: 'Phoenix-Production', numbers: { dollars_collected: '750.00' } },
    { unit: 'Tucson-Production', numbers: { dollars_collected: '300.00' } },
    { unit: 'Phoenix-Sales', numbers: { dollars_collected: '100.00' } },
    { unit: '(no unit)', numbers: { dollars_collected: '75.00' } },
  ],
};
