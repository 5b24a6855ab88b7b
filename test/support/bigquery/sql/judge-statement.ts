import type { NamedType, SqlType } from '../values/sql-type.ts';
import { informationTables } from './information-schema.ts';
import type { Judge } from './judge.ts';
import type { Run } from './run.ts';
import type { Node } from './tree.ts';

type Edit = { start: number; end: number; text: string };

/**
 * What the analyzer does not know as BigQuery does: names of several parts between one pair of back-ticks, variables
 * of scripts, and system variables. They become parts, and parameters.
 */
const collectEdits = (run: Run, nodes: readonly Node[], edits: Edit[] = []): Edit[] => {
  nodes.forEach((node, index) => {
    if (node.kind === 'group') collectEdits(run, node.nodes, edits);
    else if (node.kind === 'quoted' && node.value.includes('.')) {
      const text = node.value
        .split('.')
        .map((part) => `\`${part}\``)
        .join('.');
      edits.push({ start: node.start, end: node.end, text });
    } else if (node.kind === 'system') {
      const text = `@${systemName(node.value)}`;
      edits.push({ start: node.start, end: node.end, text });
    } else if (node.kind === 'word' && isVariable(run, nodes, index)) {
      edits.push({ start: node.start, end: node.end, text: `@${node.text}` });
    }
  });
  return edits;
};

const systemName = (name: string): string => `system_${name.replaceAll('.', '_')}`.toLowerCase();

const isVariable = (run: Run, nodes: readonly Node[], index: number): boolean => {
  const [before, node, after] = [nodes[index - 1], nodes[index], nodes[index + 1]];
  if (node?.kind !== 'word' || !run.variables.has(node.text.toLowerCase())) return false;
  const isPart = before?.kind === 'sign' && before.text === '.';
  const isAlias = before?.kind === 'word' && before.text.toLowerCase() === 'as';
  const isPath = after?.kind === 'sign' && after.text === '.';
  return !isPart && !isAlias && !isPath;
};

/** The statement's own text at its own place, so that line and column stay true. */
const writeText = (run: Run, nodes: readonly Node[]): string => {
  const [start, end] = [nodes[0]?.start ?? 0, nodes.at(-1)?.end ?? 0];
  let text = run.text.slice(0, start).replace(/[^\n]/g, ' ');
  let at = start;
  for (const edit of collectEdits(run, nodes).sort((a, b) => a.start - b.start)) {
    text += run.text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + run.text.slice(at, end);
};

const systemTypes: Readonly<Record<string, SqlType>> = {
  row_count: { kind: 'scalar', name: 'INT64', parameters: [] },
  'script.bytes_billed': { kind: 'scalar', name: 'INT64', parameters: [] },
  'script.slot_ms': { kind: 'scalar', name: 'INT64', parameters: [] },
  'error.message': { kind: 'scalar', name: 'STRING', parameters: [] },
};

const collectTables = (run: Run) => {
  const { catalog, projectId } = run.world;
  const stored = [...catalog.datasets.values()].flatMap(({ datasetId, tables }) =>
    [...tables.values()].flatMap(({ ref, fields }) => [
      { path: [datasetId, ref.tableId], fields },
      { path: [projectId, datasetId, ref.tableId], fields },
      ...(datasetId === run.defaultDataset ? [{ path: [ref.tableId], fields }] : []),
    ]),
  );
  const information = [...catalog.datasets.keys()].flatMap((datasetId) =>
    informationTables().flatMap(({ path, fields }) => [
      { path: [datasetId, ...path], fields },
      { path: [projectId, datasetId, ...path], fields },
    ]),
  );
  const temporary = [...run.temporary].map(([name, fields]) => ({ path: [name], fields }));
  return [...stored, ...temporary, ...information, ...informationTables()];
};

const ask = (judge: Judge, run: Run, sql: string): Promise<NamedType[] | undefined> => {
  const parameters = new Map<string, SqlType>();
  for (const [name, { type }] of [...run.parameters, ...run.variables]) parameters.set(name, type);
  for (const [name, type] of Object.entries(systemTypes)) parameters.set(systemName(name), type);
  // The analyzer gets the tables that the text can mean: all of them, for every statement, take it long to read.
  const words = sql.toLowerCase();
  const isNamed = ({ path }: { path: readonly string[] }): boolean =>
    words.includes((path.at(-1) ?? '').toLowerCase());
  return judge({ sql, tables: collectTables(run).filter(isNamed), parameters });
};

/** Has Google's analyzer judge one statement of a run. */
export const judgeStatement = (
  judge: Judge,
  run: Run,
  nodes: readonly Node[],
): Promise<NamedType[] | undefined> => ask(judge, run, writeText(run, nodes));

/** The same of an expression of a script: what SET, IF, DECLARE and RAISE take. */
export const judgeExpression = async (
  judge: Judge,
  run: Run,
  nodes: readonly Node[],
): Promise<void> => {
  await ask(judge, run, `select (${writeText(run, nodes).trimStart()}) as value`);
};
