import type { ServiceTitanEntity } from '../entity.ts';

/** Tag types. */
export const tagTypes: ServiceTitanEntity = {
  name: 'tag-types',
  scope: 'tn.stt.tagtypes:r',
  list: {
    path: '/settings/v2/tenant/{tenant}/tag-types',
    parameters: [
      'active',
      'createdBefore',
      'createdOnOrAfter',
      'modifiedBefore',
      'modifiedOnOrAfter',
      'sort',
    ],
    send: { active: 'Any' },
  },
  export: {
    path: '/settings/v2/tenant/{tenant}/export/tag-types',
    parameters: ['includeRecentChanges'],
    send: {},
  },
  backfill: { by: 'whole' },
  sync: { by: 'feed' },
  fields: {
    id: 'int64',
    name: 'string',
    color: 'string',
    code: 'string',
    importance: 'string',
    isConversionOpportunity: 'bool',
    allowToUseOnTimesheetActivity: 'bool',
    isVisibleOnDispatchBoard: 'bool',
    active: 'bool',
    createdOn: 'timestamp',
    modifiedOn: 'timestamp',
  },
};
