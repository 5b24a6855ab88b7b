import type { FieldType } from '../../model.ts';

/** One documented endpoint: `{tenant}` in the path, and every query parameter its documentation names. */
export type Endpoint = {
  path: string;
  parameters: readonly string[];
  /** Sent with every request, so that inactive rows come and the order is stable. */
  send: Readonly<Record<string, string>>;
};

/**
 * One collection of the API: its contract (paths, parameters, fields and types) and how it is read.
 * `page`, `pageSize` and `includeTotal` are documented on every list, `from` on every export.
 */
export type ServiceTitanEntity = {
  /** The name on the command line; the raw table is `raw_<name with underscores>`. */
  name: string;
  /** The scope the application needs, named when the API answers 403. */
  scope: string;
  list?: Endpoint;
  export?: Endpoint;
  /** Records per list request, at most 5,000; less where records carry nested items, and where they turn out heavy. */
  pageSize?: number;
  /** Fields of a row. A dotted name is a field of a nested object. */
  fields: Readonly<Record<string, FieldType>>;
  /** Fields that only export rows carry. */
  exportFields?: Readonly<Record<string, FieldType>>;
  /** Of `createdOn` and `modifiedOn` those that the API documents as empty at times. */
  emptyDates?: readonly string[];
  /** Top-level fields removed before anything is stored: pay rates, credentials, private contacts. */
  drop?: readonly string[];
  /** Where `id` can be null: the fields that stand in for it (see Key in model.ts). */
  keyFields?: readonly string[];
  backfill:
    | {
        by: 'window';
        /** The parameters that bound the date, the lower one inclusive. */
        from: string;
        to: string;
        /** The row's date that they filter on. */
        field: string;
        /** Months of a window; left out: a year. More where records are few, one where a window is a set in one batch. */
        months?: number;
        /** The upper parameter includes its bound. */
        toIncluded?: boolean;
        /** The date is a calendar date (midnight UTC), and may lie ahead. */
        calendar?: boolean;
        /** Each window is a complete set: stored rows that it no longer holds are marked deleted. */
        replaces?: boolean;
      }
    | { by: 'whole' }
    | {
        by: 'feed';
        /** Always from the feed's beginning: only that reaches records without any date. */
        fromStart?: boolean;
      };
  sync:
    | { by: 'feed' }
    | { by: 'modified'; from: string }
    | { by: 'whole' }
    /** The feed names the sets that changed, and each is re-read whole through the list's `parameter`. */
    | { by: 'sets'; field: string; parameter: string };
};
