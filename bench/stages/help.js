/** Start-up: `fieldmart --help`. Its CPU time is that of the child. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { runStage } from '../run-stage.js';

const script = `
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    process.stderr.write(String((user + system) / 1e6));
  });
  process.argv.splice(1, 0, 'fieldmart');
  await import('./dist/bin/fieldmart.js');`;

await runStage(async () => {
  const args = ['--input-type=module', '--eval', script, '--', '--help'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.on('data', (chunk) => (text += String(chunk)));
  await once(child, 'close');
  return { cpuSeconds: Number(text) };
});
