/** The text of a model's file. */
export const model = (name: string, sources: string, sql: string, more = ''): string =>
  `-- ${name}: what it is\n-- grain: one row\n-- sources: ${sources}\n-- units: none\n-- decision: d\n-- columns:\n--   tenant_id: the tenant\n${more}${sql};\n`;

/** The text of a check's file. */
export const check = (name: string, sources: string, sql: string, severity = 'red'): string =>
  `-- ${name}: all is well\n-- severity: ${severity}\n-- threshold: none at all\n-- sources: ${sources}\n-- decision: d\n${sql};\n`;

const totalsSql = (table: string) =>
  `select tenant_id, count(*) as jobs, cast(sum(total) as numeric(38, 9)) as total from ${table} group by tenant_id`;

/** Tenants, jobs, a mart of totals, and a history of them. */
export const files = {
  'seeds/words.csv': 'word\nold\n',
  'ref/tenants.sql': model(
    'st_ref.tenants',
    'st_ops.tenants',
    'select tenant_id, cast(datetime(built_at, time_zone) as date) as buildDate from st_ops.tenants',
  ),
  'dim/open_jobs.sql': model(
    'st_dim.open_jobs',
    'st_raw.raw_jobs',
    'select * from st_raw.raw_jobs',
  ),
  'mart/totals.sql': model('st_mart.totals', 'st_dim.open_jobs', totalsSql('st_dim.open_jobs')),
  'mart/other.sql': model('st_mart.other', 'st_raw.raw_pay', 'select 1 as one from st_raw.raw_pay'),
  'mart/snapshots.sql': model(
    'st_mart.snapshots',
    'st_mart.totals, st_ref.tenants',
    `select t.tenant_id, t.buildDate as event_date, totals.total
    from st_ref.tenants as t inner join st_mart.totals as totals on totals.tenant_id = t.tenant_id`,
    '-- history: event_date\n',
  ),
  'checks/positive.sql': check(
    'positive',
    'st_mart.totals',
    'select tenant_id, total from st_mart.totals where total < 0',
  ),
};
