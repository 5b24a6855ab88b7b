import { Refusal } from './refusals.ts';
import { nameTable, type TableRef } from './catalog/dataset.ts';

/** What a permission is asked for. */
export type Resource =
  | { kind: 'project'; projectId: string }
  | { kind: 'dataset'; projectId: string; datasetId: string }
  | { kind: 'table'; ref: TableRef };

/** What the caller of the API may do: everything but what has been denied. */
export type Access = {
  /** Denies a permission (`bigquery.jobs.create`), everywhere or in one dataset, until `allow`. */
  deny: (permission: string, datasetId?: string) => void;
  allow: (permission: string) => void;
  has: (permission: string, resource: Resource) => boolean;
  /** @throws Refusal in Google's words. */
  check: (permission: string, resource: Resource) => void;
};

const explain = (permission: string, resource: Resource): string => {
  if (resource.kind === 'project') {
    const project = `project ${resource.projectId}`;
    return `Access Denied: Project ${resource.projectId}: User does not have ${permission} permission in ${project}.`;
  }
  if (resource.kind === 'dataset') {
    const dataset = `${resource.projectId}:${resource.datasetId}`;
    return `Access Denied: Dataset ${dataset}: Permission ${permission} denied on dataset ${dataset} (or it may not exist).`;
  }
  const table = nameTable(resource.ref);
  return permission === 'bigquery.tables.getData'
    ? `Access Denied: Table ${table}: User does not have permission to query table ${table}, or perhaps it does not exist.`
    : `Access Denied: Table ${table}: Permission ${permission} denied on table ${table} (or it may not exist).`;
};

const datasetOf = (resource: Resource): string | undefined => {
  if (resource.kind === 'project') return undefined;
  return resource.kind === 'dataset' ? resource.datasetId : resource.ref.datasetId;
};

export const createAccess = (): Access => {
  const denied = new Map<string, Set<string>>();
  const has: Access['has'] = (permission, resource) => {
    const places = denied.get(permission);
    return places?.has('*') !== true && places?.has(datasetOf(resource) ?? '') !== true;
  };
  return {
    has,
    deny: (permission, datasetId = '*') => {
      denied.set(permission, (denied.get(permission) ?? new Set()).add(datasetId));
    },
    allow: (permission) => {
      denied.delete(permission);
    },
    check: (permission, resource) => {
      if (has(permission, resource)) return;
      throw new Refusal('accessDenied', explain(permission, resource));
    },
  };
};
