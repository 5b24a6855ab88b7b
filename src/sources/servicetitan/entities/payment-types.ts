import type { ServiceTitanEntity } from '../entity.ts';

/** Payment types: a handful, without an export or a modification filter, so they are read whole. */
export const paymentTypes: ServiceTitanEntity = {
  name: 'payment-types',
  scope: 'tn.acc.paymenttypes:r',
  list: {
    path: '/accounting/v2/tenant/{tenant}/payment-types',
    parameters: ['ids', 'active', 'createdBefore', 'createdOnOrAfter'],
    send: { active: 'Any' },
  },
  backfill: { by: 'whole' },
  sync: { by: 'whole' },
  emptyDates: ['createdOn', 'modifiedOn'],
  fields: {
    id: 'int64',
    name: 'string',
    modifiedOn: 'timestamp',
    createdOn: 'timestamp',
  },
};
