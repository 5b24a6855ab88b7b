import type { ServiceTitanEntity } from '../entity.ts';

/** Payrolls: one row per employee and pay period. No export, so they are read whole. */
export const payrollPeriods: ServiceTitanEntity = {
  name: 'payroll-periods',
  scope: 'tn.prl.payrolls:r',
  list: {
    path: '/payroll/v2/tenant/{tenant}/payrolls',
    parameters: [
      'employeeType',
      'startedOnOrAfter',
      'endedOnOrBefore',
      'modifiedBefore',
      'modifiedOnOrAfter',
      'approvedOnOrAfter',
      'status',
      'active',
      'createdBefore',
      'createdOnOrAfter',
      'sort',
    ],
    send: { active: 'Any', sort: '+Id' },
  },
  backfill: { by: 'whole' },
  sync: { by: 'whole' },
  fields: {
    id: 'int64',
    employeeId: 'int64',
    employeeType: 'string',
    startedOn: 'timestamp',
    createdOn: 'timestamp',
    modifiedOn: 'timestamp',
    active: 'bool',
    endedOn: 'timestamp',
    status: 'string',
    burdenRate: 'decimal',
    managerApprovedOn: 'timestamp',
  },
};
