import { pageBytesWanted, pageSizeMax, pageSizeMin, weighedRecordsMin } from '../../limits.ts';
import type { ServiceTitanEntity } from './entity.ts';
import type { ListPosition } from './positions.ts';

/** The page sizes of an entity's lists, by what its pages turned out to weigh. */
export type PageSizes = {
  /** What a set is first asked for. */
  first: (entity: ServiceTitanEntity) => number;
  /** Takes note of what a page weighed. */
  weigh: (entity: ServiceTitanEntity, page: { rows: number; bytes: number }) => void;
  /** Takes note that the source does not bear more than this. */
  limit: (entity: ServiceTitanEntity, pageSize: number) => void;
  /** The same place of a set, at the page size to go on with. */
  adapt: (entity: ServiceTitanEntity, at: ListPosition) => ListPosition;
};

/**
 * The next smaller page size: half, or the nearest whole fraction, so that the place reached is the beginning of a page
 * of the new size too. Undefined where it would be too small.
 */
export const smallerPageSize = (pageSize: number): number | undefined => {
  for (let parts = 2; pageSize / parts >= pageSizeMin; parts += 1) {
    if (pageSize % parts === 0) return pageSize / parts;
  }
  return undefined;
};

/** The same place, which has to be the beginning of a page of the new size. */
export const withPageSize = (at: ListPosition, pageSize: number): ListPosition => ({
  ...at,
  pageSize,
  page: ((at.page - 1) * at.pageSize) / pageSize + 1,
});

/** The largest fraction of a page size that is not above a bound; the smallest where all are. */
const fitPageSize = (largest: number, bound: number): number => {
  let pageSize = largest;
  for (;;) {
    const smaller = pageSize > bound ? smallerPageSize(pageSize) : undefined;
    if (smaller === undefined) return pageSize;
    pageSize = smaller;
  }
};

/**
 * Remembers for each entity what its records weigh and what the source bears, so that pages of heavy records are asked
 * for in parts: several are in memory at once.
 */
export const createPageSizes = (): PageSizes => {
  /** Bytes of a record, in the heaviest page. */
  const weights = new Map<string, number>();
  const limits = new Map<string, number>();

  const fit = ({ name, pageSize = pageSizeMax }: ServiceTitanEntity): number => {
    const largest = Math.min(pageSize, limits.get(name) ?? pageSizeMax);
    const weight = weights.get(name);
    return weight === undefined ? largest : fitPageSize(largest, pageBytesWanted / weight);
  };

  return {
    first: fit,
    weigh: ({ name }, { rows, bytes }) => {
      if (rows < weighedRecordsMin) return;
      weights.set(name, Math.max(weights.get(name) ?? 0, bytes / rows));
    },
    limit: ({ name }, pageSize) => {
      limits.set(name, Math.min(limits.get(name) ?? pageSizeMax, pageSize));
    },
    adapt: (entity, at) => {
      const pageSize = fit(entity);
      const isBeginning = ((at.page - 1) * at.pageSize) % pageSize === 0;
      return isBeginning ? withPageSize(at, pageSize) : at;
    },
  };
};
