/** Asks for every page as the program does, and cuts it into records, which are counted and thrown away. */
import { runStage } from '../run-stage.js';
import pLimit from 'p-limit';
import { freeMemory } from '../../dist/free-memory.js';
import { openHttp } from '../../dist/http/open-http.js';
import { readsInFlightMax } from '../../dist/limits.js';
import { cutRecords } from '../../dist/sources/servicetitan/cut-records.js';
import { entities } from '../../dist/sources/servicetitan/entities/index.js';
import { createFieldWatches } from '../../dist/sources/servicetitan/field-watches.js';
import { joinLines } from '../../dist/sources/servicetitan/join-lines.js';

/** The watch over each endpoint's records, by its path without the tenant. */
const watchEndpoints = () => {
  const watches = new Map();
  for (const kind of ['list', 'export']) {
    const watchOf = createFieldWatches(kind);
    for (const entity of entities) {
      if (entity[kind]) watches.set(entity[kind].path.replace('{tenant}', ''), watchOf(entity));
    }
  }
  return watches;
};

await runStage(async ({ url, paths }) => {
  const http = openHttp({ urls: [url], requestsPerSecond: 1000 });
  const limit = pLimit(readsInFlightMax);
  const watches = watchEndpoints();
  const moved = { rows: 0, bytes: 0 };
  const readPage = async (path) => {
    const { body } = await http.send({ url: url + path, headers: {} });
    const { tally } = watches.get(path.replace(/\?.*/, '').replace(/(?<=tenant\/)\d+/, ''));
    const { spans } = cutRecords(body, tally);
    moved.rows += spans.length / 2;
    const lines = joinLines(body, spans, new Set());
    moved.bytes += lines.length;
    freeMemory(lines);
  };
  await Promise.all(paths.map((path) => limit(readPage, path)));
  await http.close();
  return moved;
});
