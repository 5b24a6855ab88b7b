import { openServiceTitan } from './servicetitan/index.ts';

/** Every source by its name. A new one is its folder and a line here. */
export const sources = {
  servicetitan: openServiceTitan,
} as const;
