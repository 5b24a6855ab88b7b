import type { Value } from '../warehouse.ts';
import type { Api, Inserted, TableId } from './api.ts';
import type { Address } from './connect.ts';
import type { JobDeps } from './run-job.ts';
import type { Upload } from './upload.ts';

/** For what a job is run: its labels, and what its bytes are counted under. */
export type Purpose = {
  /** The entity or the model; '' where it is none of one. */
  entity: string;
  step: Step;
};

/** What kind of work a job does. */
export type Step =
  'read' | 'control' | 'upload' | 'stage' | 'commit' | 'build' | 'publish' | 'inspect' | 'record';

/** What all parts of the warehouse share. */
export type Session = {
  api: Api;
  jobs: JobDeps;
  upload: (upload: Upload) => Promise<Inserted>;
  address: Address;
  datasetPrefix: string;
  /** The most bytes that one query job may be billed; null for no cap. */
  maxBytesBilled: number | null;
  /** Names this invocation on the labels of its jobs. */
  runId: string;
  /** A new id, random. */
  newId: () => string;
  /** Counts what a job cost. */
  count: (purpose: Purpose, cost: Cost) => void;
};

export type Cost = { bytesBilled: number; slotMs: number };

export type Parameters = Readonly<Record<string, Value>>;

/** `st_ops.cursors` as the API names it. */
export const toTableId = ({ datasetPrefix }: Session, name: string): TableId => {
  const [dataset = '', table = ''] = name.split('.');
  return { dataset: datasetPrefix + dataset, table };
};
