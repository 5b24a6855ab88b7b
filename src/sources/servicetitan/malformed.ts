import { HttpFailure } from '../../http/failure.ts';

/** A complete answer that is not what it should be: worth asking again. */
export const malformed = (): HttpFailure => new HttpFailure('body');
