/** Asks for every page as the program does, and cuts it into records, which are thrown away. */
import pLimit from 'p-limit';
import { freeMemory } from '../../dist/free-memory.js';
import { openHttp } from '../../dist/http/open-http.js';
import { readsInFlightMax } from '../../dist/limits.js';
import { cutRecords } from '../../dist/sources/servicetitan/cut-records.js';
import { joinLines } from '../../dist/sources/servicetitan/join-lines.js';
import { runStage } from '../run-stage.js';

await runStage(async ({ url, paths }) => {
  const http = openHttp({ urls: [url], requestsPerSecond: 1000 });
  const limit = pLimit(readsInFlightMax);
  const moved = { rows: 0, bytes: 0 };
  const readPage = async (path) => {
    const { body } = await http.send({ url: url + path, headers: {} });
    const { spans } = cutRecords(body);
    moved.rows += spans.length / 2;
    const lines = joinLines(body, spans, new Set());
    moved.bytes += lines.length;
    freeMemory(lines);
  };
  await Promise.all(paths.map((path) => limit(readPage, path)));
  await http.close();
  return moved;
});
