/** Writes the records of the four largest entities to files of 32 MB, for the stages that need no source. */
import { runStage } from '../run-stage.js';
import { Buffer } from 'node:buffer';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { request } from 'undici';
import { entities } from '../../dist/sources/servicetitan/entities/index.js';
import { cutRecords } from '../../dist/sources/servicetitan/cut-records.js';
import { joinLines } from '../../dist/sources/servicetitan/join-lines.js';

const names = ['invoices', 'payroll', 'estimates', 'jobs'];
const fileBytes = 32 * 1024 * 1024;
const filesMax = 4;

const writeEntity = async (name, { url, paths, dir }) => {
  const { list } = entities.find((entity) => entity.name === name);
  const prefix = list.path.replace('{tenant}', '4711');
  const files = [];
  let [handle, bytes] = [null, fileBytes];
  for (const path of paths.filter((each) => each.split('?')[0] === prefix)) {
    if (bytes >= fileBytes) {
      if (files.length === filesMax) break;
      await handle?.close();
      const file = resolve(dir, 'records', `${name}-${files.length}.ndjson`);
      handle = await open(file, 'w');
      files.push({ file, rows: 0 });
      bytes = 0;
    }
    const body = Buffer.from(await (await request(url + path)).body.arrayBuffer());
    const { spans } = cutRecords(body);
    await handle.write(joinLines(body, spans, new Set()));
    files.at(-1).rows += spans.length / 2;
    bytes += body.length;
  }
  await handle?.close();
  return { name, files };
};

await runStage(async (settings) => {
  const index = join(settings.dir, 'records', 'index.json');
  if (existsSync(index)) return { loads: JSON.parse(await readFile(index, 'utf8')) };
  await mkdir(join(settings.dir, 'records'), { recursive: true });
  const loads = [];
  for (const name of names) loads.push(await writeEntity(name, settings));
  await writeFile(index, JSON.stringify(loads));
  return { loads };
});
