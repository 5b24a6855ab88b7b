import pLimit from 'p-limit';
import type { Entity } from '../../model.ts';
import type { SetUp } from '../warehouse.ts';
import type { DatasetResource, TableResource } from './api.ts';
import { describeDataset, describeTables, type TableSpec } from './describe-tables.ts';
import { readFailure } from './failure.ts';
import { allDatasets } from './googlesql-text.ts';
import type { Field } from './job.ts';
import { prepare } from './prepare.ts';
import { explained } from './run-sql.ts';
import { toTableId, type Session } from './session.ts';

const requestsInFlight = 8;

type Labels = Readonly<Record<string, string>>;

/** What is to be changed of a resource, and in words. */
type Mend<Resource> = { patch: Resource; words: string[] };

const mapAll = <T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> => {
  const limit = pLimit(requestsInFlight);
  return Promise.all(items.map((item) => limit(work, item)));
};

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Labels of others stay. */
const mendLabels = (stored: Labels = {}, wanted: Labels = {}): Labels | undefined => {
  const isThere = Object.entries(wanted).every(([name, value]) => stored[name] === value);
  return isThere ? undefined : { ...stored, ...wanted };
};

const mendResource = <Resource extends DatasetResource | TableResource>(
  stored: Resource,
  wanted: Resource,
): Mend<DatasetResource | TableResource> => {
  const labels = mendLabels(stored.labels, wanted.labels);
  const isDescribed = stored.description === wanted.description;
  return {
    patch: {
      ...(!isDescribed && { description: wanted.description ?? '' }),
      ...(labels !== undefined && { labels }),
    },
    words: [...(isDescribed ? [] : ['description']), ...(labels === undefined ? [] : ['labels'])],
  };
};

const mendDataset = (stored: DatasetResource, wanted: DatasetResource): Mend<DatasetResource> => {
  const { patch, words } = mendResource(stored, wanted);
  const { defaultTableExpirationMs: lifeMs } = wanted;
  if (lifeMs === stored.defaultTableExpirationMs || lifeMs === undefined) return { patch, words };
  return {
    patch: { ...patch, defaultTableExpirationMs: lifeMs },
    words: [...words, 'expiration of its tables'],
  };
};

/** Every field as it is stored, described as it should be; columns of others stay as they are. */
const describeFields = (stored: readonly Field[], wanted: readonly Field[]): Field[] =>
  stored.map((field) => {
    const same = wanted.find(({ name }) => name.toLowerCase() === field.name.toLowerCase());
    return same?.description === undefined || same.description === field.description
      ? field
      : { ...field, description: same.description };
  });

const mendTable = (stored: TableResource, { resource }: TableSpec): Mend<TableResource> => {
  const { patch, words } = mendResource(stored, resource) as Mend<TableResource>;
  const fields = stored.schema?.fields ?? [];
  const described = describeFields(fields, resource.schema.fields ?? []);
  const changed = described.filter((field, index) => field !== fields[index]).length;
  const isClustered = isSame(stored.clustering?.fields, resource.clustering?.fields);
  return {
    patch: {
      ...patch,
      ...(changed > 0 && { schema: { fields: described } }),
      ...(!isClustered && resource.clustering && { clustering: resource.clustering }),
    },
    words: [
      ...words,
      ...(changed > 0 ? [`descriptions of ${changed} columns`] : []),
      ...(isClustered ? [] : ['clustering']),
    ],
  };
};

/** What cannot be changed in place: rows are stored all the same, only reading them costs more. */
const describeLayout = (stored: TableResource, { resource }: TableSpec): string[] => {
  const [is, should] = [stored.timePartitioning, resource.timePartitioning];
  if (is?.type === should?.type && is?.field === should?.field) return [];
  const say = (one: TableResource['timePartitioning']): string =>
    one === undefined
      ? 'not partitioned'
      : `partitioned by ${one.type ?? ''} of ${one.field ?? ''}`;
  return [
    `it is ${say(is)} and would be made ${say(should)}: it stays so, and reading it costs more`,
  ];
};

const isRefused = (error: unknown): boolean => readFailure(error)?.facts.status === 403;

/** Changes it where that is allowed; a description is no reason to stop. */
const applyMend = async (
  { words }: Mend<unknown>,
  role: string,
  patch: () => Promise<void>,
): Promise<Pick<SetUp, 'outcome' | 'remark'>> => {
  if (words.length === 0) return { outcome: 'found', remark: '' };
  const what = words.join(', ');
  try {
    await patch();
    return { outcome: 'changed', remark: what };
  } catch (error) {
    if (!isRefused(error)) throw error;
    return { outcome: 'found', remark: `differs in ${what}, which only ${role} may change` };
  }
};

const readColumns = (table: TableResource): string[] =>
  (table.schema?.fields ?? []).map(({ name, type }) => `${name} ${type}`);

const joinRemarks = (...remarks: readonly string[]): string =>
  remarks.filter((remark) => remark !== '').join('; ');

const setUpDataset = async (
  session: Session,
  dataset: string,
  before: DatasetResource | null,
): Promise<SetUp> => {
  const { api, datasetPrefix } = session;
  const name = datasetPrefix + dataset;
  if (before === null) return { kind: 'dataset', name, outcome: 'created', remark: '' };
  const mend = mendDataset(before, describeDataset(dataset));
  const done = await applyMend(mend, 'roles/bigquery.dataOwner on it', () =>
    api.patchDataset(name, mend.patch),
  );
  return { kind: 'dataset', name, ...done };
};

const setUpTable = async (
  session: Session,
  spec: TableSpec,
  before: TableResource | null,
): Promise<SetUp> => {
  const id = toTableId(session, spec.name);
  const named = { kind: 'table', name: session.datasetPrefix + spec.name } as const;
  const now = (await session.api.getTable(id)) ?? {};
  if (before === null) return { ...named, outcome: 'created', remark: '' };
  const had = new Set(readColumns(before));
  const added = readColumns(now).filter((column) => !had.has(column));
  const columns = added.length === 0 ? '' : `columns ${added.join(', ')}`;
  const mend = mendTable(now, spec);
  const done = await applyMend(mend, 'roles/bigquery.dataEditor on its dataset', () =>
    session.api.patchTable(id, mend.patch),
  );
  return {
    ...named,
    outcome: columns === '' ? done.outcome : 'changed',
    remark: joinRemarks(columns, done.remark, ...describeLayout(now, spec)),
  };
};

/**
 * Creates what is missing, as `prepare` does, and makes descriptions, labels and clustering what they should be.
 * @returns the datasets, then the tables.
 * @throws WarehouseError as `prepare` does.
 */
export const setUp = (
  session: Session,
  entities: readonly Entity[],
  at: string,
): Promise<SetUp[]> =>
  explained(session, 'set up the warehouse', async () => {
    const { api, datasetPrefix } = session;
    const specs = describeTables(entities);
    const datasets = await mapAll(allDatasets, (dataset) =>
      api.getDataset(datasetPrefix + dataset),
    );
    const tables = await mapAll(specs, ({ name }) => api.getTable(toTableId(session, name)));
    await prepare(session, entities, at);
    return [
      ...(await mapAll([...allDatasets.entries()], ([index, dataset]) =>
        setUpDataset(session, dataset, datasets[index] ?? null),
      )),
      ...(await mapAll([...specs.entries()], ([index, spec]) =>
        setUpTable(session, spec, tables[index] ?? null),
      )),
    ];
  });
