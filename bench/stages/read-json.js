/** The floor of typing: DuckDB's own reader on the same records, all declared columns as texts, nothing kept. */
import { runStage } from '../run-stage.js';
import { statSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import { servicetitanEntities } from '../../dist/sources/servicetitan/index.js';

const columnsOf = (name) => {
  const { columns } = servicetitanEntities.find((entity) => entity.name === name);
  const fields = new Set(columns.map(({ path }) => path[0]));
  return [...fields].map((field) => `'${field}': 'VARCHAR'`).join(', ');
};

await runStage(
  async ({ loads }, connection) => {
    for (const { name, files } of loads) {
      const list = files.map(({ file }) => `'${file}'`).join(', ');
      await connection.run(
        `create or replace temp table records as select * from
        read_json([${list}], format = 'newline_delimited', columns = {${columnsOf(name)}})`,
      );
    }
    const files = loads.flatMap((load) => load.files);
    const bytes = files.reduce((sum, { file }) => sum + statSync(file).size, 0);
    return { bytes, rows: files.reduce((sum, { rows }) => sum + rows, 0) };
  },
  async () => (await DuckDBInstance.create(':memory:')).connect(),
);
