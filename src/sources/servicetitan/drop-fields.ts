import { openBrace } from '../../json/scan-json.ts';
import { walkMembers } from './walk-members.ts';

const comma = Buffer.from(',');
const braces = { open: Buffer.from('{'), close: Buffer.from('}') };

/**
 * Removes the top-level members named in `names` from one record, however their keys are spelled; every other byte
 * stays. A record without them, or that is no object, is given back as it is.
 */
export const dropFields = (record: Buffer, names: ReadonlySet<string>): Buffer => {
  if (record[0] !== openBrace) return record;
  /** Members that stay and follow each other, with the commas between them, are one piece. */
  const pieces: Buffer[] = [];
  let dropped = 0;
  let piece: { from: number; to: number } | undefined;
  const end = (): void => {
    if (piece === undefined) return;
    pieces.push(pieces.length === 0 ? braces.open : comma, record.subarray(piece.from, piece.to));
    piece = undefined;
  };
  walkMembers(record, 0, ({ key, from, to }) => {
    if (names.has(key)) {
      dropped += 1;
      end();
    } else if (piece === undefined) piece = { from, to };
    else piece.to = to;
  });
  if (dropped === 0) return record;
  end();
  if (pieces.length === 0) pieces.push(braces.open);
  return Buffer.concat([...pieces, braces.close]);
};
