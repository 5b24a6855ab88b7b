import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';

const dockerfile = (await readFile('deploy/Dockerfile', 'utf8')).replace(/\\\n\s*/g, ' ');
const ignored = await readFile('deploy/Dockerfile.dockerignore', 'utf8');
const project = JSON.parse(await readFile('package.json', 'utf8')) as {
  engines: { node: string };
  bin: Record<string, string>;
};

/** Arguments of every instruction of a kind, in order. */
const instructions = (kind: string): string[] =>
  [...dockerfile.matchAll(new RegExp(`^${kind} (.+)$`, 'gm'))].map(([, text = '']) => text);

/** What is copied from the project's folder: not from another stage, and not the target. */
const copied = instructions('COPY')
  .filter((text) => !text.startsWith('--from='))
  .flatMap((text) => text.split(' ').slice(0, -1));

describe('the image', () => {
  test('has the major version of Node that package.json asks for, slim', () => {
    const major = /\d+/.exec(project.engines.node)?.[0] ?? '';
    expect(instructions('ARG')).toEqual([`NODE_IMAGE=node:${major}-bookworm-slim`]);
    for (const from of instructions('FROM')) expect(from).toMatch(/^\$\{NODE_IMAGE\}( AS \w+)?$/);
    expect(instructions('FROM').length).toBeGreaterThan(1);
  });

  test('runs the program, and not as root', () => {
    expect(instructions('USER')).toHaveLength(1);
    expect(Number(/^(\d+):\d+$/.exec(instructions('USER')[0] ?? '')?.[1])).toBeGreaterThan(0);
    expect(dockerfile.indexOf('\nUSER ')).toBeGreaterThan(dockerfile.lastIndexOf('\nFROM '));
    const entry = JSON.parse(instructions('ENTRYPOINT')[0] ?? '[]') as string[];
    expect(entry).toEqual(['node', `/app/${project.bin.fieldmart ?? ''}`]);
  });

  test('installs what the lock says', () => {
    const installs = instructions('RUN').filter(
      (text) => text.startsWith('npm') && !text.includes('run'),
    );
    expect(installs).toHaveLength(2);
    for (const install of installs) expect(install).toMatch(/^npm ci .*--ignore-scripts/);
    expect(installs.filter((text) => text.includes('--omit=dev'))).toHaveLength(1);
  });

  test('gets nothing but what is named, and no secret', () => {
    expect(copied).toEqual(expect.arrayContaining(['src', 'sql', 'package-lock.json']));
    for (const path of copied) {
      expect({ path, exists: existsSync(path) }).toEqual({ path, exists: true });
      expect(path).toMatch(/^(?:\.env\.example|\w[\w./-]*)$/);
    }
    const settings = [...instructions('ENV'), ...instructions('ARG')].join(' ');
    expect(settings).not.toMatch(/ST_|BIGQUERY|GOOGLE|TOKEN|SECRET|KEY/);
  });

  test('is built from nothing that is not copied', () => {
    const lines = ignored.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines[0]).toBe('*');
    const allowed = lines.slice(1).map((line) => line.replace(/^!/, ''));
    expect(lines.slice(1).every((line) => line.startsWith('!'))).toBe(true);
    expect(allowed.sort()).toEqual([...new Set(copied)].sort());
  });
});

test('deploy/README.md stays short', async () => {
  const lines = (await readFile('deploy/README.md', 'utf8')).trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(30);
});
