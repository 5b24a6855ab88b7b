import { refusals } from '../refusals.ts';
import type { Field } from '../values/field.ts';
import type { NewTable } from './catalog.ts';

const findField = (fields: readonly Field[], name: string): Field | undefined =>
  fields.find((field) => field.name.toLowerCase() === name.toLowerCase());

const checkNames = (fields: readonly Field[]): void => {
  const seen = new Set<string>();
  for (const { name } of fields) {
    if (!/^[A-Za-z_][A-Za-z0-9_]{0,299}$/.test(name)) {
      throw refusals.invalid(
        `Invalid field name "${name}". Fields must contain only letters, numbers, and underscores, start with a letter or underscore, and be at most 300 characters long.`,
      );
    }
    if (seen.has(name.toLowerCase())) {
      throw refusals.invalid(`Duplicate field name: ${name}. Field names are case insensitive.`);
    }
    seen.add(name.toLowerCase());
  }
};

const checkPartitioning = ({ fields, timePartitioning }: NewTable): void => {
  if (timePartitioning === undefined) return;
  const { field: name, type } = timePartitioning;
  if (!['HOUR', 'DAY', 'MONTH', 'YEAR'].includes(type)) {
    throw refusals.invalid(`Unsupported partition type: ${type}`);
  }
  if (name === undefined) throw refusals.unsupported('partitions by the time of ingestion');
  const field = findField(fields, name);
  if (field === undefined) {
    throw refusals.invalid(
      `The field specified for partitioning cannot be found in the schema. Invalid field: ${name}.`,
    );
  }
  if (!['DATE', 'TIMESTAMP', 'DATETIME'].includes(field.type) || field.mode === 'REPEATED') {
    throw refusals.invalid(
      `The field specified for time partitioning can only be of type TIMESTAMP, DATE or DATETIME. The type found is: ${field.type}.`,
    );
  }
};

const checkClustering = ({ fields, clustering = [] }: NewTable): void => {
  if (clustering.length > 4) throw refusals.invalid('Too many clustering fields: at most 4');
  for (const name of clustering) {
    const field = findField(fields, name);
    if (field === undefined) {
      throw refusals.invalid(
        `The field specified for clustering cannot be found in the schema. Invalid field: ${name}.`,
      );
    }
    if (field.mode === 'REPEATED' || field.type === 'RECORD' || field.type === 'FLOAT') {
      throw refusals.invalid(`Clustering is not supported on the field ${name}`);
    }
  }
};

/** @throws Refusal when names, partitions or clusters are not as BigQuery takes them. */
export const checkLayout = (table: NewTable): void => {
  checkNames(table.fields);
  checkPartitioning(table);
  checkClustering(table);
};
