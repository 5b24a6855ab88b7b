import { PublishError } from '../../errors.ts';
import { HttpFailure } from '../../http/failure.ts';

const wordsOfStatus = (status: number, datasetId: string): string => {
  if (status === 401 || status === 403)
    return `it refused the key (${status}); check DATABOX_API_KEY`;
  if (status === 404) {
    return `it knows no data set ${datasetId}; check DATABOX_DATASET_ID and DATABOX_SUMMARY_DATASET_ID`;
  }
  if (status === 400 || status === 422) {
    return `it refused the records (${status}); check the columns and the primary key of data set ${datasetId}`;
  }
  if (status === 429) return 'it asks for fewer requests (429); run the command again later';
  return `it answered ${status}; run the command again later`;
};

const wordsOf = ({ kind, facts }: HttpFailure, datasetId: string): string => {
  const host = facts.host ?? 'the host';
  const coded = facts.code === undefined ? '' : ` (${facts.code})`;
  switch (kind) {
    case 'status':
    case 'redirect':
      return wordsOfStatus(facts.status ?? 0, datasetId);
    case 'tls':
      return `no trusted TLS connection to ${host}${coded}; check DATABOX_BASE_URL and this machine's certificates`;
    case 'body':
    case 'tooLarge':
      return `${host} answers something else than Databox's API; check DATABOX_BASE_URL`;
    case 'closed':
      return 'the run was stopped; repeat the command';
    case 'unreachable':
    case 'timeout':
    case 'cut':
      return `${host} is out of reach${coded}; check the network and DATABOX_BASE_URL`;
  }
};

/** A failed request in words, with nothing of what was sent or answered; anything else as it is. */
export const explainFailure = (error: unknown, datasetId: string): unknown =>
  error instanceof HttpFailure
    ? new PublishError(`Cannot publish to Databox: ${wordsOf(error, datasetId)}`, { cause: error })
    : error;
