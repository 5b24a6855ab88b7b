import type { Rows, Seeds, Tenant } from './reference/rows.ts';

export const noRows: Rows = {
  business_units: [],
  job_types: [],
  customers: [],
  locations: [],
  jobs: [],
  appointments: [],
  estimates: [],
  invoices: [],
  invoice_items: [],
  payments: [],
  payroll: [],
  purchase_orders: [],
  returns: [],
};

/** A tenant in Phoenix on 20 March 2024, a Wednesday, with the rows given and no others. */
export const tenantOf = (rows: Partial<Rows>, rest: Partial<Tenant> = {}): Tenant => ({
  tenantId: '1',
  timeZone: 'America/Phoenix',
  builtAt: '2024-03-20T20:00:00Z',
  ...rest,
  rows: { ...noRows, ...rows },
});

/** A small roll-up: a region with both kinds and a retired unit, one with a kind alone, and a unit left out. */
export const seeds: Seeds = {
  rollup: [
    { id: '', name: 'North-Sales', kind: 'SALES', rollsUpTo: 'North-Sales', region: 'North' },
    { id: '6', name: 'Retired', kind: 'SALES', rollsUpTo: 'North-Sales', region: 'North' },
    { id: '', name: 'North-Made', kind: 'PRODUCTION', rollsUpTo: 'North-Made', region: 'North' },
    { id: '', name: ' OLD north', kind: 'PRODUCTION', rollsUpTo: 'North-Made', region: 'North' },
    { id: '', name: 'Hill-Sales', kind: 'SALES', rollsUpTo: 'Hill-Sales', region: 'North' },
    { id: '', name: 'South-Made', kind: 'PRODUCTION', rollsUpTo: 'South-Made', region: 'South' },
    { id: '', name: 'Back office', kind: 'NONE', rollsUpTo: 'Back office', region: 'None' },
  ],
  jobTypeGroups: [
    { group: 'estimate', name: 'ESTIMATE-RES-EXT' },
    { group: 'estimate', name: 'Estimate, Cabinets' },
    { group: 'estimate', name: 'Estimate- Cabinets' },
    { group: 'warranty', name: 'Warranty' },
    { group: 'warranty', name: 'Touchup' },
    { group: 'production_exclude', name: 'PM Inspection' },
  ],
};
