import type { ServiceTitanEntity } from '../entity.ts';

/** Adjustments to pay. Their money is inside the gross pay items already. */
export const payrollAdjustments: ServiceTitanEntity = {
  name: 'payroll-adjustments',
  scope: 'tn.prl.payrolladjustments:r',
  list: {
    path: '/payroll/v2/tenant/{tenant}/payroll-adjustments',
    parameters: [
      'employeeIds',
      'postedOnOrAfter',
      'postedOnOrBefore',
      'active',
      'createdBefore',
      'createdOnOrAfter',
      'modifiedBefore',
      'modifiedOnOrAfter',
      'sort',
    ],
    send: { active: 'Any', sort: '+Id' },
  },
  export: {
    path: '/payroll/v2/tenant/{tenant}/export/payroll-adjustments',
    parameters: ['includeRecentChanges'],
    send: {},
  },
  backfill: {
    by: 'window',
    from: 'createdOnOrAfter',
    to: 'createdBefore',
    field: 'createdOn',
    months: 120,
  },
  sync: { by: 'feed' },
  fields: {
    id: 'int64',
    employeeType: 'string',
    employeeId: 'int64',
    postedOn: 'timestamp',
    amount: 'decimal',
    memo: 'string',
    activityCodeId: 'int64',
    invoiceId: 'int64',
    hours: 'decimal',
    rate: 'decimal',
    quantity: 'decimal',
    type: 'string',
    createdOn: 'timestamp',
    modifiedOn: 'timestamp',
    active: 'bool',
  },
};
