import type { Example } from './example.ts';
import { units } from './references.ts';

const { phoenixProduction, tucsonProduction, phoenixSales } = units;
const of = (businessUnitId: number, locationId: number, balance: string) => ({
  businessUnitId,
  locationId,
  balance,
});

export const outstandingAr: Example = {
  kpi: 'outstanding_ar',
  unit: 'Phoenix-Production',
  date: '2024-03-20',
  given: [
    {
      table: 'locations',
      rows: [
        { row: { id: 501, name: '12 Juniper Row' }, why: 'owes 120 and is owed 30: 90' },
        { row: { id: 502, name: '7 Salt Lane' }, why: 'owes 9.99: too little' },
        { row: { id: 503, name: '40 Cooper Yard' }, why: 'owes 10.00: just enough' },
        { row: { id: 504, name: ' ' }, why: 'has no name' },
      ],
    },
    {
      table: 'invoices',
      rows: [
        { row: { id: 101, ...of(phoenixProduction, 501, '120.00') }, why: 'in' },
        { row: { id: 102, ...of(phoenixProduction, 501, '-30.00') }, why: 'in: a credit' },
        { row: { id: 103, ...of(phoenixProduction, 502, '9.99') }, why: 'out' },
        { row: { id: 104, ...of(phoenixProduction, 503, '10.00') }, why: 'in' },
        { row: { id: 105, ...of(phoenixProduction, 504, '800.00') }, why: 'out' },
        { row: { id: 106, ...of(tucsonProduction, 501, '55.00') }, why: 'of another unit' },
        { row: { id: 107, ...of(phoenixSales, 501, '66.00') }, why: 'of a sales unit' },
        {
          row: { id: 108, ...of(phoenixProduction, 503, '500.00'), active: false },
          why: 'inactive',
        },
      ],
    },
  ],
  expected: [
    { unit: 'Phoenix-Production', numbers: { outstanding_ar: '100.00' } },
    { unit: 'Tucson-Production', numbers: { outstanding_ar: '55.00' } },
  ],
};
