import type { ModelRig } from './model-rig.ts';

/** Business units of an invented company, by what they are to the roll-up. */
export const units = {
  phoenixSales: 10,
  phoenixProduction: 11,
  retiredSales: 12,
  retiredProduction: 13,
  tucsonProduction: 14,
  office: 15,
} as const;

/** Its job types. */
export const types = {
  estimate: 20,
  cabinets: 21,
  warranty: 22,
  paint: 23,
  inspection: 24,
  solarTouchup: 25,
  plan: 26,
} as const;

/** Wednesday noon in Phoenix; its week begins on 2024-03-18. */
export const now = '2024-03-20T19:00:00Z';

/** The records that others refer to. */
export const addReferences = async ({ given }: ModelRig): Promise<void> => {
  await given('business_units', [
    { id: units.phoenixSales, name: ' Phoenix-Sales ' },
    { id: units.phoenixProduction, name: 'Phoenix-Production' },
    { id: units.retiredSales, name: 'Z-DO NOT USE - West - Sales', active: false },
    { id: units.retiredProduction, name: 'Z-do not use - West- Production', active: false },
    { id: units.tucsonProduction, name: 'Tucson-Production' },
    { id: units.office, name: 'Back office' },
  ]);
  await given('job_types', [
    { id: types.estimate, name: ' Estimate-RES-EXT  ' },
    { id: types.cabinets, name: 'Estimate- Cabinets' },
    { id: types.warranty, name: 'warranty ', active: false },
    { id: types.paint, name: 'Exterior repaint' },
    { id: types.inspection, name: 'PM Inspection' },
    { id: types.solarTouchup, name: 'Window/Solar-Touchup' },
    { id: types.plan, name: 'Estimate of a kind in no list' },
  ]);
};
