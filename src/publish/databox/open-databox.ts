import { PublishError } from '../../errors.ts';
import { HttpFailure } from '../../http/failure.ts';
import { openHttp, type HttpSettings } from '../../http/open-http.ts';
import {
  databoxAsksMax,
  databoxPauseMs,
  databoxRecordsMax,
  databoxRequestsPerSecond,
} from '../../limits.ts';
import { explainFailure } from './explain-failure.ts';

/** A row of a data set. */
export type DataboxRecord = Readonly<Record<string, string | number | boolean | null>>;

export type DataboxSettings = {
  apiKey: string;
  baseUrl: string;
  log: NonNullable<HttpSettings['log']>;
  /** For tests, the clock's and the network's parts. */
  http?: Partial<Pick<HttpSettings, 'limits' | 'now' | 'sleep' | 'random' | 'requestsPerSecond'>>;
};

export type Databox = {
  /**
   * Sends at most 100 records. A record replaces the one of the same primary key, so sending it again changes nothing.
   * @returns the id of the ingestion, which is not done yet.
   * @throws PublishError when Databox refuses or is out of reach.
   */
  send: (datasetId: string, records: readonly DataboxRecord[]) => Promise<string>;
  /**
   * Waits until an ingestion is done.
   * @throws PublishError when it failed, rejected records, or is not done in time.
   */
  confirm: (datasetId: string, ingestion: { id: string; records: number }) => Promise<void>;
  close: () => Promise<void>;
};

type Body = Record<string, unknown>;

const asBody = (value: unknown): Body => Object(value) as Body;

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

const parse = (body: Buffer): Body => {
  try {
    return asBody(JSON.parse(body.toString('utf8')));
  } catch {
    throw new HttpFailure('body');
  }
};

const isFailed = (status: unknown): boolean =>
  typeof status === 'string' && /^(fail|error|reject)/i.test(status);

/**
 * Databox's API for rows of data sets (version 1): `POST /v1/datasets/{id}/data` takes them, and
 * `GET /v1/datasets/{id}/ingestions/{id}` tells what became of them.
 */
export const openDatabox = ({ apiKey, baseUrl, log, http: parts }: DataboxSettings): Databox => {
  const http = openHttp({
    ...{ urls: [baseUrl], requestsPerSecond: databoxRequestsPerSecond, log },
    ...parts,
  });
  const headers = { 'x-api-key': apiKey, accept: 'application/json' };

  const ask = async (datasetId: string, path: string, records?: readonly DataboxRecord[]) => {
    const url = `${baseUrl}/v1/datasets/${datasetId}/${path}`;
    try {
      return await http.retry(async () => {
        const { body } = await http.send(
          records === undefined
            ? { url, headers }
            : {
                ...{ url, method: 'POST', body: JSON.stringify({ records }) },
                headers: { ...headers, 'content-type': 'application/json' },
              },
        );
        return parse(body);
      });
    } catch (error) {
      throw explainFailure(error, datasetId);
    }
  };

  const isDone = (answer: Body, datasetId: string, records: number): boolean => {
    const metrics = asBody(asBody(answer.metrics).ingestionMetrics);
    const rejected = numberOf(metrics.rejectedRecordsCount);
    if (isFailed(answer.status) || rejected > 0) {
      throw new PublishError(
        `Cannot publish to Databox: it rejected ${rejected > 0 ? rejected : 'all'} of ${records} records for data set ` +
          `${datasetId}; see the data set's ingestions in Databox, and that its columns are those of docs/publish.md`,
      );
    }
    const taken =
      numberOf(metrics.appendedRecordsCount) + numberOf(metrics.overwrittenRecordsCount);
    return Math.max(numberOf(metrics.receivedRecordsCount), taken) >= records;
  };

  return {
    send: async (datasetId, records) => {
      if (records.length > databoxRecordsMax) throw new Error('too many records for one call');
      const { ingestionId, status } = await ask(datasetId, 'data', records);
      if (typeof ingestionId === 'string' && ingestionId !== '' && !isFailed(status)) {
        return ingestionId;
      }
      throw new PublishError(
        `Cannot publish to Databox: its answer names no ingestion of data set ${datasetId}; check DATABOX_BASE_URL`,
      );
    },
    confirm: async (datasetId, { id, records }) => {
      for (let asks = 0; asks < databoxAsksMax; asks += 1) {
        if (asks > 0) await http.pause(databoxPauseMs);
        const answer = await ask(datasetId, `ingestions/${encodeURIComponent(id)}`);
        if (isDone(answer, datasetId, records)) return;
      }
      throw new PublishError(
        `Cannot publish to Databox: an ingestion of data set ${datasetId} is not done after a minute; run the command ` +
          'again later, which changes nothing that has arrived',
      );
    },
    close: http.close,
  };
};
