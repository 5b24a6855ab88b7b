import type { GivenRow } from '../support/model-rig.ts';

/** The business units of the examples’ company; the seed rolls the retired one up to Phoenix-Sales. */
export const units = {
  phoenixSales: 10,
  phoenixProduction: 11,
  retiredSales: 12,
  tucsonProduction: 13,
  office: 14,
} as const;

/** Its job types. */
export const types = {
  estimate: 20,
  cabinets: 21,
  unlisted: 22,
  repaint: 23,
  warranty: 24,
  touchup: 25,
  inspection: 26,
  solarTouchup: 27,
} as const;

/** What every example is given besides its own rows. */
export const references: Readonly<Record<'business_units' | 'job_types', readonly GivenRow[]>> = {
  business_units: [
    { id: units.phoenixSales, name: 'Phoenix-Sales' },
    { id: units.phoenixProduction, name: 'Phoenix-Production' },
    { id: units.retiredSales, name: 'Z-DO NOT USE - West - Sales', active: false },
    { id: units.tucsonProduction, name: 'Tucson-Production' },
    { id: units.office, name: 'Back office' },
  ],
  job_types: [
    { id: types.estimate, name: 'ESTIMATE-RES-EXT' },
    { id: types.cabinets, name: 'Estimate- Cabinets' },
    { id: types.unlisted, name: 'Estimate (phone)' },
    { id: types.repaint, name: 'Exterior repaint' },
    { id: types.warranty, name: 'Warranty' },
    { id: types.touchup, name: 'Touchup' },
    { id: types.inspection, name: 'PM Inspection' },
    { id: types.solarTouchup, name: 'Window/Solar-Touchup' },
  ],
};

/** Wednesday noon in Phoenix, which is seven hours behind UTC: when the examples’ marts are built. */
export const builtAt = '2024-03-20T19:00:00Z';
