import type { SimpleCatalogProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/SimpleCatalogProto.js';
import type { SimpleTableProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/SimpleTableProto.js';
import type { TypeProto } from '@fivetrandevelopers/zetasql/lib/types/zetasql/TypeProto.js';
import { TypeKind } from '@fivetrandevelopers/zetasql/lib/types/zetasql/TypeKind.js';
import type { Engine } from '../googlesql/analyze.ts';
import { askAnalyzer } from '../googlesql/ask-analyzer.ts';
import { refusals } from './refusals.ts';
import type { Case, Judge } from './sql/judge.ts';
import { toNamedType } from './values/field.ts';
import { scalar, type NamedType, type ScalarName, type SqlType } from './values/sql-type.ts';

const kinds: Readonly<Record<ScalarName, TypeKind>> = {
  INT64: TypeKind.TYPE_INT64,
  FLOAT64: TypeKind.TYPE_DOUBLE,
  NUMERIC: TypeKind.TYPE_NUMERIC,
  BOOL: TypeKind.TYPE_BOOL,
  STRING: TypeKind.TYPE_STRING,
  BYTES: TypeKind.TYPE_BYTES,
  DATE: TypeKind.TYPE_DATE,
  DATETIME: TypeKind.TYPE_DATETIME,
  TIME: TypeKind.TYPE_TIME,
  TIMESTAMP: TypeKind.TYPE_TIMESTAMP,
};

const toProto = (type: SqlType): TypeProto => {
  if (type.kind === 'scalar') return { typeKind: kinds[type.name] };
  if (type.kind === 'array') {
    return { typeKind: TypeKind.TYPE_ARRAY, arrayType: { elementType: toProto(type.element) } };
  }
  const field = type.fields.map((one) => ({ fieldName: one.name, fieldType: toProto(one.type) }));
  return { typeKind: TypeKind.TYPE_STRUCT, structType: { field } };
};

const fromProto = (type: TypeProto | null | undefined): SqlType => {
  const found = Object.entries(kinds).find(([, kind]) => kind === type?.typeKind);
  if (found !== undefined) return scalar(found[0] as ScalarName);
  if (type?.arrayType) return { kind: 'array', element: fromProto(type.arrayType.elementType) };
  if (type?.structType) {
    const fields = (type.structType.field ?? []).map((field) => ({
      name: field.fieldName ?? '',
      type: fromProto(field.fieldType),
    }));
    return { kind: 'struct', fields };
  }
  throw refusals.unsupported(`the analyzer's type ${JSON.stringify(type)}`);
};

type Tree = { tables: SimpleTableProto[]; inner: Map<string, Tree> };

const toCatalog = (name: string, { tables, inner }: Tree): SimpleCatalogProto => ({
  name,
  table: tables,
  catalog: [...inner].map(([key, tree]) => toCatalog(key, tree)),
});

/** Datasets are catalogs within the project's. */
const nest = (tables: Case['tables']): SimpleCatalogProto => {
  const root: Tree = { tables: [], inner: new Map() };
  for (const { path, fields } of tables) {
    let tree = root;
    for (const name of path.slice(0, -1)) {
      const next = tree.inner.get(name) ?? { tables: [], inner: new Map<string, Tree>() };
      tree.inner.set(name, next);
      tree = next;
    }
    const column = fields.map(toNamedType).map(({ name, type }) => ({ name, type: toProto(type) }));
    tree.tables.push({ name: path.at(-1) ?? '', column });
  }
  return toCatalog('', root);
};

/** `3 INVALID_ARGUMENT: Unrecognized name: x [at 1:8]` as BigQuery says it. */
const explain = (error: unknown): Error => {
  const message = (error as Error).message.replace(/^\d+ [A-Z_]+: /, '');
  return refusals.invalidQuery(message.replace(/ \[at (\d+:\d+)\]/, ' at [$1]'));
};

/** Asks Google's analyzer about each statement before the stand-in carries it out. */
export const createJudge =
  ({ api, options }: Engine): Judge =>
  async ({ sql, tables, parameters }) => {
    const queryParameters = [...parameters].map(([name, type]) => ({ name, type: toProto(type) }));
    const answer = await askAnalyzer(api, {
      sqlStatement: sql,
      options: { ...options, queryParameters },
      simpleCatalog: {
        ...nest(tables),
        builtinFunctionOptions: { languageOptions: options.languageOptions ?? null },
      },
    }).catch((error: unknown) => {
      throw explain(error);
    });
    const statement = answer?.resolvedStatement;
    const created =
      statement?.resolvedCreateStatementNode?.resolvedCreateTableStmtBaseNode
        ?.resolvedCreateTableAsSelectStmtNode;
    const columns =
      statement?.resolvedQueryStmtNode?.outputColumnList ?? created?.outputColumnList ?? undefined;
    return columns?.map(({ name, column }): NamedType => ({ name, type: fromProto(column?.type) }));
  };
