import type { ServiceTitanEntity } from '../entity.ts';

/** Job timesheets: when a technician was dispatched, arrived and was done. */
export const timesheets: ServiceTitanEntity = {
  name: 'timesheets',
  scope: 'tn.prl.jobs:r',
  list: {
    path: '/payroll/v2/tenant/{tenant}/jobs/timesheets',
    parameters: [
      'jobIds',
      'createdBefore',
      'createdOnOrAfter',
      'modifiedBefore',
      'modifiedOnOrAfter',
      'active',
      'technicianId',
      'startedOn',
      'endedOn',
      'sort',
    ],
    send: { active: 'Any', sort: '+Id' },
  },
  export: {
    path: '/payroll/v2/tenant/{tenant}/export/jobs/timesheets',
    parameters: ['includeRecentChanges'],
    send: {},
  },
  backfill: { by: 'window', from: 'createdOnOrAfter', to: 'createdBefore', field: 'createdOn' },
  sync: { by: 'feed' },
  fields: {
    id: 'int64',
    jobId: 'int64',
    technicianId: 'int64',
    createdOn: 'timestamp',
    modifiedOn: 'timestamp',
    appointmentId: 'int64',
    dispatchedOn: 'timestamp',
    arrivedOn: 'timestamp',
    canceledOn: 'timestamp',
    doneOn: 'timestamp',
    active: 'bool',
  },
};
