import { openBrace } from './scan-json.ts';
import { walkMembers } from './walk-members.ts';

const comma = Buffer.from(',');
const braces = { open: Buffer.from('{'), close: Buffer.from('}') };

/**
 * Removes the top-level members named in `names` from one record, however their keys are spelled; every other byte
 * stays. A record without them, or that is no object, is given back as it is.
 */
export const dropFields = (record: Buffer, names: ReadonlySet<string>): Buffer => {
  if (record[0] !== openBrace) return record;
  const kept: Buffer[] = [];
  let members = 0;
  walkMembers(record, 0, ({ key, from, to }) => {
    members += 1;
    if (names.has(key)) return;
    if (kept.length > 0) kept.push(comma);
    kept.push(record.subarray(from, to));
  });
  const keptMembers = Math.ceil(kept.length / 2);
  if (keptMembers === members) return record;
  return Buffer.concat([braces.open, ...kept, braces.close]);
};
