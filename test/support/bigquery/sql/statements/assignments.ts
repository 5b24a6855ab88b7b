import { quote } from '../../values/duckdb-types.ts';
import { refuseAt, requireName, type Context } from '../context.ts';
import { rewrite } from '../rewrite.ts';
import { isName, isSign, splitAtCommas, type Node } from '../tree.ts';

/**
 * `a = 1, t.b = 2` of UPDATE, as DuckDB has it: the names alone.
 * @throws Refusal for fields of structs.
 */
export const writeAssignments = (nodes: readonly Node[], alias: string, context: Context): string =>
  splitAtCommas(nodes)
    .map((item) => {
      const equals = item.findIndex((node) => isSign(node, '='));
      const names = item.slice(0, equals).filter((node) => isName(node));
      const [first, second] = names;
      const column = second ?? first;
      const isOwn = second === undefined || first?.value.toLowerCase() === alias.toLowerCase();
      if (equals < 1 || column === undefined || names.length > 2 || !isOwn) {
        throw refuseAt(context, item[0], 'The stand-in for BigQuery does not know this SET');
      }
      // After a point a keyword may stand; alone it may not.
      const name = second === undefined ? requireName(context, column) : column.value;
      return `${quote(name)} = ${rewrite(item.slice(equals + 1), context)}`;
    })
    .join(', ');
