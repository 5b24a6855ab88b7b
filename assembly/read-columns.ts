import { skipValue } from './json';

export function skip(at: usize): usize {
  return skipValue(at, 2);
}
