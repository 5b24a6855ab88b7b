import {
  byCount,
  keep,
  pattern,
  rename,
  type Call,
  type FunctionRule,
  type FunctionRules,
} from '../call.ts';
import { writeInterval } from '../interval.ts';
import { findWord, isGroup, isWord, type Node } from '../tree.ts';

const datePart = (call: Call, nodes: readonly Node[] | undefined): string => {
  const node = nodes?.[0];
  const name = node?.kind === 'word' ? node.text.toLowerCase() : '';
  const start = nodes?.[1];
  if (name !== 'week' || !isGroup(start)) return name;
  return isWord(start.nodes[0], 'monday') ? 'isoweek' : `week(${call.rewrite(start.nodes)})`;
};

/** DuckDB's weeks begin on Monday, GoogleSQL's WEEK on Sunday. */
const truncate = (call: Call, value: string, part: string): string => {
  if (part === 'week') return `date_trunc('week', ${value} + interval 1 day) - interval 1 day`;
  if (part === 'isoweek') return `date_trunc('week', ${value})`;
  if (['year', 'quarter', 'month', 'day', 'hour', 'minute', 'second'].includes(part)) {
    return `date_trunc('${part}', ${value})`;
  }
  throw call.refuse(`${call.name} with the part ${part}`);
};

const writeDateTrunc: FunctionRule = (call) =>
  `cast(${truncate(call, call.arg(0), datePart(call, call.args[1]))} as date)`;

const writeTimestampTrunc: FunctionRule = (call) => {
  const value = call.arg(0);
  const zone = call.arg(2);
  const part = datePart(call, call.args[1]);
  if (call.args.length < 3) return `(${truncate(call, value, part)})`;
  return `((${truncate(call, `(${value} at time zone ${zone})`, part)}) at time zone ${zone})`;
};

/** Week boundaries between two dates. */
const countWeeks = (from: string, to: string): string =>
  `date_diff('day', date_trunc('week', ${from}), date_trunc('week', ${to})) // 7`;

const writeDateDiff: FunctionRule = (call) => {
  const [to, from] = [call.arg(0), call.arg(1)];
  const part = datePart(call, call.args[2]);
  if (part === 'week') return countWeeks(`${from} + interval 1 day`, `${to} + interval 1 day`);
  if (part === 'isoweek') return countWeeks(from, to);
  const known = ['day', 'month', 'quarter', 'year'].includes(part);
  if (!known) throw call.refuse(`${call.name} with the part ${part}`);
  return `date_diff('${part}', ${from}, ${to})`;
};

const partMicros: Readonly<Record<string, number>> = {
  microsecond: 1,
  millisecond: 1000,
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
  day: 86_400_000_000,
};

const writeTimestampDiff: FunctionRule = (call) => {
  const [to, from] = [call.arg(0), call.arg(1)];
  const micros = partMicros[datePart(call, call.args[2])];
  if (micros === undefined) throw call.refuse(`${call.name} with this part`);
  return `gs_quotient(epoch_us(${to}) - epoch_us(${from}), ${micros})`;
};

const shift =
  (sign: '+' | '-', result: string | undefined): FunctionRule =>
  (call) => {
    const interval = call.args[1];
    if (!isWord(interval?.[0], 'interval')) throw call.refuse(`${call.name} without INTERVAL`);
    const { sql, unit } = writeInterval(interval, 0, call.rewrite);
    if (result === undefined && partMicros[unit] === undefined) {
      throw call.refuse(`${call.name} with the part ${unit}`);
    }
    const shifted = `(${call.arg(0)} ${sign} ${sql})`;
    return result === undefined ? shifted : `cast(${shifted} as ${result})`;
  };

const parts: Readonly<Record<string, (value: string) => string>> = {
  ...Object.fromEntries(
    ['year', 'quarter', 'month', 'day', 'hour', 'minute', 'isoyear'].map((part) => [
      part,
      (value: string) => `extract(${part} from ${value})`,
    ]),
  ),
  second: (value) => `cast(floor(extract(second from ${value})) as bigint)`,
  millisecond: (value) => `extract(millisecond from ${value}) % 1000`,
  microsecond: (value) => `extract(microsecond from ${value}) % 1000000`,
  dayofweek: (value) => `extract(dow from ${value}) + 1`,
  dayofyear: (value) => `extract(doy from ${value})`,
  isoweek: (value) => `extract(week from ${value})`,
  date: (value) => `cast(${value} as date)`,
  datetime: (value) => `cast(${value} as timestamp)`,
};

/** `extract(part from value [at time zone zone])` */
const writeExtract: FunctionRule = (call) => {
  const nodes = call.group.nodes;
  const from = findWord(nodes, 0, 'from');
  const zoneAt = findWord(nodes, from, 'at');
  const part = datePart(call, nodes.slice(0, from));
  const rule = parts[part];
  if (rule === undefined || from < 0) throw call.refuse(`EXTRACT of ${part}`);
  const value = call.rewrite(nodes.slice(from + 1, zoneAt < 0 ? undefined : zoneAt));
  const zone = zoneAt < 0 ? undefined : call.rewrite(nodes.slice(zoneAt + 3));
  return `(${rule(zone === undefined ? `(${value})` : `((${value}) at time zone ${zone})`)})`;
};

const now: FunctionRule = ({ now: instant }) => instant;
const nowIn = (type: string): FunctionRule =>
  byCount({
    0: (call) => `cast(${call.now} as ${type})`,
    1: (call) => `cast(${call.now} at time zone ${call.arg(0)} as ${type})`,
  });

/** Functions on dates and instants. */
export const dateFunctions: FunctionRules = {
  ...keep('unix_date', 'date_from_unix_date', 'last_day'),
  current_timestamp: byCount({ 0: now }),
  current_date: nowIn('date'),
  current_datetime: nowIn('timestamp'),
  date: byCount({
    1: rename('gs_cast_date'),
    2: pattern('cast(($1) at time zone ($2) as date)'),
    3: rename('make_date'),
  }),
  datetime: byCount({
    1: rename('gs_cast_datetime'),
    2: rename('datetime'),
    6: rename('make_timestamp'),
  }),
  timestamp: byCount({ 1: rename('gs_cast_timestamp'), 2: rename('gs_timestamp_in') }),
  timestamp_micros: rename('make_timestamptz'),
  timestamp_millis: pattern('make_timestamptz(($1) * 1000)'),
  timestamp_seconds: pattern('make_timestamptz(($1) * 1000000)'),
  unix_micros: rename('epoch_us'),
  unix_millis: pattern('cast(floor(epoch_us($1) / 1000) as bigint)'),
  unix_seconds: pattern('cast(floor(epoch_us($1) / 1000000) as bigint)'),
  date_trunc: writeDateTrunc,
  timestamp_trunc: writeTimestampTrunc,
  date_diff: writeDateDiff,
  timestamp_diff: writeTimestampDiff,
  date_add: shift('+', 'date'),
  date_sub: shift('-', 'date'),
  datetime_add: shift('+', 'timestamp'),
  datetime_sub: shift('-', 'timestamp'),
  timestamp_add: shift('+', undefined),
  timestamp_sub: shift('-', undefined),
  extract: writeExtract,
  parse_timestamp: byCount({ 2: rename('gs_parse_timestamp') }),
  parse_date: byCount({ 2: rename('gs_parse_date') }),
  format_timestamp: byCount({
    2: pattern("gs_format_timestamp($1, $2, 'UTC')"),
    3: rename('gs_format_timestamp'),
  }),
  format_date: byCount({ 2: rename('gs_format_date') }),
};
