/** Every bound of the program in one place, each with its reason. */

/** The API's own timeout is 100 s; giving up first lets us ask again with a smaller page. */
export const requestTimeoutMs = 90_000;

/** Attempts of one request before its window fails; with the back-off below about two minutes. */
export const requestAttemptsMax = 9;

/** First back-off; doubles with each attempt, with jitter. */
export const retryDelayMinMs = 500;

/** Back-off never waits longer than this, unless the source's Retry-After asks for it. */
export const retryDelayMaxMs = 60_000;

/** A Retry-After beyond this is treated as a refusal: a person should look. */
export const retryAfterMaxMs = 300_000;

/** A token is renewed this long before it expires, so that none expires in flight. */
export const tokenRenewEarlyMs = 90_000;

/** A source whose `Date` is further off than this has no clock to go by; TLS would not trust such a machine either. */
export const clockTrustedMsMax = 366 * 86_400_000;

/** The API's maximum. */
export const pageSizeMax = 5_000;

/** Larger pages than this are asked for in parts: several are in memory at once. 5,000 records of two kilobytes are less. */
export const pageBytesWanted = 12 * 1024 * 1024;

/** A page of fewer records says little about the weight of others. */
export const weighedRecordsMin = 100;

/** Below this a page that times out is not halved again. */
export const pageSizeMin = 50;

/** One response body at most; a larger one is asked for again at half the page size. */
export const responseBytesMax = 256 * 1024 * 1024;

/** Memory that a body gets at first, whatever length it says it has: more than a page has that is as heavy as we want. */
export const bodyBytesAtOnceMax = 16 * 1024 * 1024;

/**
 * Months of history in one window of a backfill, unless the entity's contract has its own: several pages of most
 * entities, and half a page on average is wasted a window; few enough that windows are read side by side.
 */
export const windowMonths = 12;

/** Requests to one host at once: they share one connection pool and one rate limit. */
export const requestsInFlightMax = 8;

/** Streams (windows, feeds, whole entities) that are read at once: what the source bears, and pages in memory. */
export const readsInFlightMax = 4;

/**
 * Streams that are begun, whether they read or wait for the warehouse with a sealed batch. Batches that wait are
 * committed together, so many small windows cost few transactions; each may hold BATCH_BYTES_MAX on disk.
 */
export const streamsInFlightMax = 64;

/** A sealed batch waits this long at most for others to be committed with: a stream that stalls holds nobody up. */
export const gatherMsMax = 2_000;

/** How often a set that moved while it was paged is read again before the run gives up. */
export const setReadsMax = 4;

/** Pages in a row that bring no rows, or the token that was sent, and still promise more. */
export const emptyPagesMax = 20;

/** Attempts of a request to a host that never answered in this run: its name is probably wrong. */
export const firstContactAttemptsMax = 3;

/** Arrays and objects inside each other in one response; no record of the source comes near. */
export const jsonDepthMax = 256;

/** Records of one response: two hundred times the API's page; more is an attack on memory, or another API. */
export const responseRecordsMax = 1_000_000;

/** Members of a response beside its records, and the bytes of one that are looked into: the API sends five, short ones. */
export const envelopeMembersMax = 1_000;
export const envelopeValueBytesMax = 64 * 1024;

/** Fields that the contract does not know and that are named one by one; more are counted together. */
export const driftNamesMax = 50;

/** A field is said to have vanished when a page of at least this many records has it in none. */
export const vanishedRecordsMin = 20;

/** Ids in one request's filter: the API refuses more. */
export const idsPerRequestMax = 50;

/** Records without a key that a load may have: this many, or this share of its rows, whichever is more. */
export const rejectsMax = 10;
export const rejectsShareMax = 0.01;

/** Default of BATCH_BYTES_MAX: large enough for the warehouse's bulk speed, small enough for a laptop's memory. */
export const batchBytesMaxDefault = 32 * 1024 * 1024;

/** Wrong rows of a check that are shown: enough to see what they have in common. */
export const wrongRowsShownMax = 5;

/** Rows of a report page that are asked for: the API gives no more, whatever is asked. */
export const reportPageSize = 1_000;

/** Pages of one report at most: a million rows are no report that a person reconciles. */
export const reportPagesMax = 1_000;

/** The API runs the same report once in this time. */
export const reportIntervalMs = 60_000;

/** While reports are suspended for maintenance they are asked for again this often, this many times at most. */
export const reportMaintenanceWaitMs = 60_000;
export const reportMaintenanceWaitsMax = 10;

/** A report's export that a person hands over: far more than a year of the largest. */
export const csvBytesMax = 64 * 1024 * 1024;

/** Records of a reconciliation that a table shows; JSON holds them all. */
export const recordsShownMax = 100;

/** Rows of a sheet below its line of heads: Excel takes no more. */
export const sheetRowsMax = 1_048_575;

/** Invoices that are read from the warehouse at once: few queries, some ten megabytes of memory. */
export const invoicePageRows = 20_000;

/** Databox takes no more records in one call. */
export const databoxRecordsMax = 100;

/** Databox allows ten; others may share the key. */
export const databoxRequestsPerSecond = 5;

/** How often an ingestion is asked for that is not done yet, and the pause before: about a minute. */
export const databoxAsksMax = 20;
export const databoxPauseMs = 3_000;

/** Changes of the hour before the last run are sent again: clocks differ, and a row sent twice is there once. */
export const publishOverlapMs = 3_600_000;

/** One request to BigQuery; its client library has no timeout of its own. Results of ten megabytes come in seconds. */
export const bigqueryRequestTimeoutMs = 60_000;

/** Attempts of one request, and of one job under ids of its own: with the back-off above about two minutes. */
export const bigqueryAttemptsMax = 8;

/** Loads and merges of a batch take seconds to minutes; what runs longer hangs. */
export const bigqueryJobRunMsMax = 30 * 60_000;

/** Part of an upload that is sent, and sent again, at once: a multiple of 256 KiB, as the API wants it. */
export const bigqueryChunkBytes = 8 * 1024 * 1024;

/** One part on its way: half a megabit a second is enough. */
export const bigqueryChunkTimeoutMs = 120_000;

/** The log file moves on at this size, and this many older ones are kept: some 60 MB, weeks of a daily run. */
export const logFileBytesMax = 10 * 1024 * 1024;
export const logFilesOlderMax = 5;

/** An alert is tried once for this long: a run that failed must not hang as well. */
export const alertTimeoutMs = 5_000;

/** Characters of an alert's reason: one line of a chat. */
export const alertCharactersMax = 500;

/** A process renews its claims on spools this often, and one that was not renewed for long is nobody's. */
export const claimBeatMs = 10_000;
export const claimStaleMs = 90_000;

/** How often a claim is tried: another process may only just be ending, or have come at the same instant. */
export const claimAttemptsMax = 4;

/**
 * Rows that DuckDB compresses and writes together, and holds in memory until then, in two such groups for each commit.
 * DuckDB's own 122,880 are more than most commits have.
 */
export const duckdbRowGroupRows = 4_096;

/** The same for the tables of a build, which hold no payloads: fewer groups to know of. */
export const duckdbBuiltGroupRows = 16_384;

/**
 * Blocks of a DuckDB file. What waits to be compressed takes at least two for each column, of which one says which values
 * are null and is filled whole: of DuckDB's own 256 KiB those are 20 MB for a wide table's row group, of these 5.
 */
export const duckdbBlockBytes = 64 * 1024;

/** Attempts of one request of the doctor's: it says what is, and does not wait for what may become better. */
export const doctorAttemptsMax = 2;

/** One request of the doctor's to BigQuery. */
export const bigqueryDoctorTimeoutMs = 20_000;

/** How far this machine's clock may be from a server's: Google refuses what a clock minutes away has signed. */
export const clockSkewMsMax = 60_000;

/** Batches that a disk should have room for: some that are filled, and those that wait for the warehouse. */
export const batchesOnDiskMin = 8;

/**
 * Commits after which a DuckDB file is closed and opened again: until then DuckDB holds what it knows of each row group
 * that it has written, some 80 KB of a wide table's, and counts it against no limit.
 */
export const duckdbCommitsPerOpening = 16;

/** Another process that takes the file while it is closed for that, a build perhaps, is waited for this long. */
export const duckdbReopenMsMax = 60_000;

/** Commits of different entities side by side: each works on one thread. */
export const duckdbCommitsAtOnce = 2;

/**
 * What DuckDB may hold while it loads: two commits, and a batch that is staged, need it at times; then it lets go of what
 * it has read of the tables. With 144 a history of four times the reference company took some 20 MB more.
 */
export const duckdbLoadMemoryMb = 128;

/**
 * Records that are heavier than this on average need more, by so many times their bytes: DuckDB holds a text in whole
 * blocks until its row group is full, which few of these fill, and once more while it is compressed (133 MB were seen for
 * 33 MB of records of 130 KB; and another commit may do the same beside it).
 */
export const duckdbHeavyRecordBytes = 16 * 1024;
export const duckdbHeavyRecordTimes = 10;

/**
 * What DuckDB frees in the midst of a load it keeps for what comes next, up to so many megabytes in one piece: given back
 * at once, and taken again page by page, it is a quarter of a load's CPU. It is given back after each batch and commit.
 */
export const duckdbLoadFreedMb = 64;

/**
 * What DuckDB may hold while it builds or answers; it writes the rest aside. At four times the reference company that is
 * up to a third more CPU for a build, and some 40 MB less than with 192.
 */
export const duckdbBuildMemoryMb = 168;

/** Nobody writes a workbook or a page for an hour without a byte: what is older was left by a program that was killed. */
export const leftoverAgeMsMin = 3_600_000;
