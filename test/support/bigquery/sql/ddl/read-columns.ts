import { toField, type Field } from '../../values/field.ts';
import { refuseAt, requireName } from '../context.ts';
import { parseType } from '../parse-type.ts';
import type { Given } from '../statements/query.ts';
import {
  isGroup,
  isName,
  isWord,
  splitAtCommas,
  startsWithWords,
  type Group,
  type Node,
} from '../tree.ts';
import { readOptions, textOption } from './constants.ts';

/** `name type [not null] [options (description = …)]` */
export const readColumn = async (given: Given, nodes: readonly Node[]): Promise<Field> => {
  const name = requireName(given.resolver.context, nodes[0]);
  const { type, next } = parseType(nodes, 1);
  const field = toField({ name, type });
  let at = next;
  if (startsWithWords(nodes, at, 'not', 'null')) {
    field.mode = 'REQUIRED';
    at += 2;
  }
  const options = nodes[at + 1];
  if (isWord(nodes[at], 'options') && isGroup(options)) {
    const read = readOptions(given, options, ['description']);
    const description = await textOption(given, read, 'description');
    if (description !== undefined) field.description = description;
    at += 2;
  }
  if (at === nodes.length) return field;
  throw refuseAt(
    given.resolver.context,
    nodes[at],
    'The stand-in for BigQuery does not know this part of a column',
  );
};

export type Columns = { fields: Field[]; primaryKey: string[] | undefined };

/** What stands between the parentheses of CREATE TABLE. */
export const readColumns = async (given: Given, group: Group): Promise<Columns> => {
  const columns: Columns = { fields: [], primaryKey: undefined };
  for (const item of splitAtCommas(group.nodes)) {
    const key = item[2];
    if (startsWithWords(item, 0, 'primary', 'key') && isGroup(key)) {
      if (!startsWithWords(item, 3, 'not', 'enforced')) {
        throw refuseAt(given.resolver.context, item[0], 'Primary keys must be NOT ENFORCED');
      }
      columns.primaryKey = key.nodes.flatMap((node) => (isName(node) ? [node.value] : []));
    } else columns.fields.push(await readColumn(given, item));
  }
  return columns;
};
