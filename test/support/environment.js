import { rm } from 'node:fs/promises';
import { TestEnvironment } from 'jest-environment-node';

/** Jest's own for Node, which also removes the folders that temp-dir.ts made: last, when a suite has closed all it opened. */
export default class Environment extends TestEnvironment {
  async setup() {
    await super.setup();
    this.dirs = [];
    this.global.madeDirs = this.dirs;
  }

  async teardown() {
    await Promise.all(this.dirs.map((dir) => rm(dir, { recursive: true, force: true })));
    await super.teardown();
  }
}
