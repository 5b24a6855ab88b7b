import type { ServiceTitanEntity } from '../entity.ts';

/** Why jobs were canceled. Export only: there is no list, no filter and no `modifiedOn`. */
export const jobCanceledLogs: ServiceTitanEntity = {
  name: 'job-canceled-logs',
  scope: 'tn.jpm.jobcanceledlogs:r',
  export: {
    path: '/jpm/v2/tenant/{tenant}/export/job-canceled-logs',
    parameters: ['includeRecentChanges'],
    send: {},
  },
  backfill: { by: 'feed' },
  sync: { by: 'feed' },
  fields: {
    id: 'int64',
    jobId: 'int64',
    reasonId: 'int64',
    memo: 'string',
    createdOn: 'timestamp',
    createdById: 'int64',
    active: 'bool',
  },
};
