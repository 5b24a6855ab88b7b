import { openBrace, quote } from '../../json/scan-json.ts';
import { walkMembers } from './walk-members.ts';

/**
 * The text of a record's top-level scalar: a number in its own digits, a string without its escapes. Undefined where
 * the member is missing, null, or no scalar; the last of several of the same name counts.
 */
export const readField = (record: Buffer, name: string): string | undefined => {
  if (record[0] !== openBrace) return undefined;
  let text: string | undefined;
  walkMembers(record, 0, ({ key, valueFrom, valueTo }) => {
    if (key !== name) return;
    const value = record.toString('utf8', valueFrom, valueTo);
    if (record[valueFrom] === quote) text = JSON.parse(value) as string;
    else text = /^[-\d]/.test(value) ? value : undefined;
  });
  return text;
};
