import type { ServiceTitanEntity } from '../entity.ts';

/** Marketing campaigns. No export, so they are read whole. */
export const campaigns: ServiceTitanEntity = {
  name: 'campaigns',
  scope: 'tn.mrk.campaigns:r',
  list: {
    path: '/marketing/v2/tenant/{tenant}/campaigns',
    parameters: [
      'modifiedBefore',
      'modifiedOnOrAfter',
      'active',
      'ids',
      'name',
      'createdBefore',
      'createdOnOrAfter',
      'campaignPhoneNumber',
      'sort',
    ],
    send: { active: 'Any', sort: '+Id' },
  },
  backfill: { by: 'whole' },
  sync: { by: 'whole' },
  fields: {
    id: 'int64',
    name: 'string',
    modifiedOn: 'timestamp',
    createdOn: 'timestamp',
    active: 'bool',
    isDefaultCampaign: 'bool',
    'category.id': 'int64',
    'category.name': 'string',
    'category.active': 'bool',
    source: 'string',
    otherSource: 'string',
    businessUnit: 'string',
    medium: 'string',
    otherMedium: 'string',
    campaignPhoneNumbers: 'json',
  },
};
