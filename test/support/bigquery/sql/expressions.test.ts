import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { evaluate } from '../../googlesql/evaluate.ts';
import { readOptions } from '../../googlesql/language.ts';
import { startGooglesql } from '../../googlesql/start-googlesql.ts';
import { warnLoudly } from '../../googlesql/warn-loudly.ts';
import type { Engine } from '../../googlesql/analyze.ts';
import { explainFailure } from '../engine/explain-failure.ts';
import { openDatabase, type Database, type Session } from '../engine/open-database.ts';
import { expectations, type Expectation } from './expressions.ts';
import { rewrite } from './rewrite.ts';
import { tokenize } from './tokens.ts';
import { groupTokens } from './tree.ts';

const server = await startGooglesql();
if (!server.runs) warnLoudly(server.reason);
const proves = server.runs ? test : test.skip;

let database: Database;
let session: Session;
let engine: Engine;

beforeAll(async () => {
  database = await openDatabase();
  session = await database.connect();
  if (server.runs) engine = { api: server.api, options: await readOptions(server.api) };
});

afterAll(() => {
  session.close();
  database.close();
});

const none = new Map();

const askStandIn = async (sql: string): Promise<unknown> => {
  const text = `select cast((${sql}) as string)`;
  const nodes = groupTokens(text, tokenize(text));
  const written = rewrite(nodes, {
    ...{ text, parameters: none, variables: none, system: none, now: 'now()' },
    table: (path) => path.join('.'),
  });
  try {
    return (await session.read(written)).rows[0]?.[0];
  } catch (error) {
    return explainFailure(error).message;
  }
};

const askGoogle = async (sql: string): Promise<unknown> => {
  try {
    const { rows } = await evaluate(engine, `select cast((${sql}) as string)`, []);
    return rows[0]?.[0]?.stringValue ?? null;
  } catch (error) {
    return (error as Error).message;
  }
};

const expectAnswer = (answer: unknown, expectation: Expectation): void => {
  if ('fails' in expectation) expect(answer).toContain(expectation.fails);
  else expect(answer).toBe(expectation.gives);
};

describe('the stand-in gives what GoogleSQL gives', () => {
  test.each(expectations)('$sql', async (expectation) => {
    expectAnswer(await askStandIn(expectation.sql), expectation);
  });
});

describe('Google’s evaluator gives it too', () => {
  proves.each(expectations)('$sql', async (expectation) => {
    expectAnswer(await askGoogle(expectation.sql), expectation);
  });
});
