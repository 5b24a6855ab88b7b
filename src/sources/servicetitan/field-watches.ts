import type { ServiceTitanEntity } from './entity.ts';
import { watchFields } from './watch-fields.ts';
import type { Expectations, FieldWatch } from './watch-fields.ts';

/** Whose records are watched: export rows carry fields that list rows do not. */
export type EndpointKind = 'list' | 'export';

/** Dates that the merge goes by; an empty one is worth a look unless the API is known to leave it empty. */
const dates = ['createdOn', 'modifiedOn'];

const expectationsOf = (entity: ServiceTitanEntity, endpoint: EndpointKind): Expectations => {
  const { fields, exportFields = {}, drop = [], emptyDates = [] } = entity;
  return {
    fields: endpoint === 'export' ? { ...fields, ...exportFields } : fields,
    drop,
    required: dates.filter((name) => name in fields && !emptyDates.includes(name)),
  };
};

/** Creates the watches over the records of one kind of endpoint: one for each entity, which learns as pages come. */
export const createFieldWatches = (
  endpoint: EndpointKind,
): ((entity: ServiceTitanEntity) => FieldWatch) => {
  const watches = new Map<ServiceTitanEntity, FieldWatch>();
  return (entity) => {
    const watch = watches.get(entity) ?? watchFields(expectationsOf(entity, endpoint));
    watches.set(entity, watch);
    return watch;
  };
};
