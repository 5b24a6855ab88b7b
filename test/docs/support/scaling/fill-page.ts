import { evaluate, namesIn } from './formula.ts';
import { formatValue, parseValue } from './format-value.ts';

/** What is filled into tables of inputs, by the title of the column and the name of the row. */
export type Given = Readonly<Record<string, Readonly<Record<string, number>>>>;

export type Page = {
  text: string;
  /** Names of the inputs, by the title of the column that they stand in. */
  inputs: ReadonlyMap<string, readonly string[]>;
  /** Inputs that no formula uses. */
  unused: string[];
};

const toCells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

const toLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const withoutTicks = (cell: string): string => cell.replaceAll('`', '');

/** `100 tenants`: a column whose formulas are computed for so many. */
const tenantsOf = (title: string): number | undefined => {
  const found = /^([\d,]+) tenants?$/.exec(title)?.[1];
  return found === undefined ? undefined : parseValue(found);
};

type Books = {
  given: Given;
  /** Names with one value. */
  names: Map<string, number>;
  /** Names with a value for each number of tenants. */
  byTenants: Map<number, Map<string, number>>;
  inputs: Map<string, string[]>;
  used: Set<string>;
};

const namesFor = (books: Books, tenants: number | undefined): Map<string, number> => {
  if (tenants === undefined) return books.names;
  const own = books.byTenants.get(tenants) ?? new Map<string, number>();
  books.byTenants.set(tenants, own);
  return new Map([...books.names, ...own, ['tenants', tenants]]);
};

const compute = (books: Books, formula: string, tenants: number | undefined): number => {
  for (const name of namesIn(formula)) books.used.add(name);
  return evaluate(formula, namesFor(books, tenants));
};

const keep = (books: Books, name: string, value: number, tenants: number | undefined): void => {
  if (namesFor(books, tenants).has(name)) throw new Error(`${name} has two values`);
  const own = tenants === undefined ? books.names : books.byTenants.get(tenants);
  own?.set(name, value);
};

const fillComputed = (books: Books, heads: readonly string[], cells: string[]): string[] => {
  const name = withoutTicks(cells[0] ?? '');
  const formula = withoutTicks(cells[heads.indexOf('formula')] ?? '');
  return cells.map((cell, column) => {
    const head = heads[column] ?? '';
    const tenants = tenantsOf(head);
    if (head !== 'value' && tenants === undefined) return cell;
    const value = compute(books, formula, tenants);
    keep(books, name, value, tenants);
    return formatValue(name, value);
  });
};

/** Of several columns of values the first is what is computed with. */
const fillInput = (books: Books, heads: readonly string[], cells: string[]): string[] => {
  const name = withoutTicks(cells[0] ?? '');
  const filled = cells.map((cell, column) => {
    const value = books.given[heads[column] ?? '']?.[name];
    return value === undefined ? cell : formatValue(name, value);
  });
  keep(books, name, parseValue(filled[1] ?? ''), undefined);
  const head = heads[1] ?? '';
  books.inputs.set(head, [...(books.inputs.get(head) ?? []), name]);
  return filled;
};

const fillTable = (books: Books, lines: readonly string[]): string[] => {
  const [head = '', rule = '', ...rows] = lines;
  const heads = toCells(head);
  if (heads[0] !== 'name') return [...lines];
  const fill = heads.includes('formula') ? fillComputed : fillInput;
  return [head, rule, ...rows.map((row) => toLine(fill(books, heads, toCells(row))))];
};

const isRow = (line: string): boolean => line.startsWith('|');

const fillTables = (books: Books, text: string): string => {
  const lines = text.split('\n');
  const filled: string[] = [];
  for (let at = 0; at < lines.length;) {
    let end = at;
    while (isRow(lines[end] ?? '')) end += 1;
    filled.push(...(end > at ? fillTable(books, lines.slice(at, end)) : [lines[at] ?? '']));
    at = Math.max(end, at + 1);
  }
  return filled.join('\n');
};

/** `<!-- = name -->1<!-- . -->`, or `<!-- 100: name -->…` for so many tenants. */
const fillProse = (books: Books, text: string): string =>
  text.replace(
    /(<!-- (?:(\d+):|=) ([^>]+?) -->).*?(<!-- \. -->)/g,
    (_, begin: string, tenants: string | undefined, formula: string, end: string) => {
      const value = compute(books, formula, tenants === undefined ? undefined : Number(tenants));
      return `${begin}${formatValue(formula, value)}${end}`;
    },
  );

/**
 * Computes the page: tables that begin with a column `name` hold inputs, or formulas and what they come to; each may use
 * the names above it. Numbers in the prose stand between marks.
 * @throws when a formula names something unknown, or a name stands twice.
 */
export const fillPage = (text: string, given: Given): Page => {
  const books: Books = {
    given,
    names: new Map(),
    byTenants: new Map(),
    inputs: new Map(),
    used: new Set(),
  };
  const filled = fillProse(books, fillTables(books, text));
  const unused = [...books.inputs.values()].flat().filter((name) => !books.used.has(name));
  return { text: filled, inputs: books.inputs, unused };
};
