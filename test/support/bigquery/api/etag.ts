import { Refusal } from '../refusals.ts';
import type { ApiRequest } from './request.ts';

type Versioned = { version: number; creationTime: number };

/** Changes with every change. */
export const writeEtag = ({ version, creationTime }: Versioned): string =>
  Buffer.from(`${creationTime}.${version}`).toString('base64');

/** @throws Refusal when the caller wants another version than there is. */
export const checkEtag = ({ headers }: ApiRequest, versioned: Versioned): void => {
  const wanted = headers['if-match'];
  if (wanted === undefined || wanted === '*' || wanted === writeEtag(versioned)) return;
  throw new Refusal('conditionNotMet', 'Precondition check failed.', 'If-Match');
};
