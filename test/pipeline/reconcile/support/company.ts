import type { ReconcileRig } from './reconcile-rig.ts';

/** Two units of sales, one of them with two business units; one of production; one that is neither. */
const units = [
  {
    businessUnitId: 1,
    businessUnitName: 'Phoenix-Sales',
    unitKind: 'SALES',
    rollupName: 'Phoenix-Sales',
  },
  {
    businessUnitId: 2,
    businessUnitName: 'Z-West - Sales',
    unitKind: 'SALES',
    rollupName: 'Phoenix-Sales',
  },
  {
    businessUnitId: 3,
    businessUnitName: 'Phoenix-Production',
    unitKind: 'PRODUCTION',
    rollupName: 'Phoenix-Production',
  },
  { businessUnitId: 4, businessUnitName: 'Yard', unitKind: 'NONE', rollupName: 'Yard' },
  {
    businessUnitId: 5,
    businessUnitName: 'Tucson-Sales',
    unitKind: 'SALES',
    rollupName: 'Tucson-Sales',
  },
];

/** An empty warehouse but for the company's units and three jobs. */
export const startCompany = async (rig: ReconcileRig): Promise<void> => {
  await rig.clear();
  await rig.given('st_ref.dim_bu_rollup', units);
  await rig.given('st_dim.dim_jobs', [
    { jobId: 101, jobNumber: 'J-1' },
    { jobId: 102, jobNumber: 'J-2' },
    { jobId: 103, jobNumber: 'J-3' },
  ]);
};
