import asyncHooks from 'node:async_hooks';
import { rm } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { TestEnvironment } from 'jest-environment-node';
import { openContext } from './open-context.js';

/**
 * How much a function runs before it is compiled for speed: fifteen times Node's own. Each suite brings its modules anew,
 * so that most of that work was for code about to be dropped, a tenth of the CPU. Later Nodes do not know the flag.
 */
if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=1000000');

/** What keeps track of promises, as the suite that runs has made it. */
const storages = new Set();

/**
 * Jest runs the tests of each suite in a storage of their own and never disables one: each promise of a suite was handed
 * to those of all suites before it in the process, which came to a tenth of a run.
 */
asyncHooks.AsyncLocalStorage = class extends asyncHooks.AsyncLocalStorage {
  constructor(...given) {
    super(...given);
    storages.add(this);
  }
};

const disableStorages = () => {
  for (const storage of storages) storage.disable();
  storages.clear();
};

/**
 * Jest's own for Node, in a context whose globals are quick, which closes what start-googlesql.ts started and removes the
 * folders that temp-dir.ts made: last, when a suite has closed all it opened.
 */
export default class Environment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const opened = openContext(this.global);
    const { moduleMocker, fakeTimersModern: timers } = this;
    timers.dispose();
    Object.assign(this, opened, {
      moduleMocker: new moduleMocker.constructor(opened.global),
      fakeTimers: null,
      fakeTimersModern: new timers.constructor({
        config: config.projectConfig,
        global: opened.global,
      }),
    });
  }

  async setup() {
    await super.setup();
    this.dirs = [];
    this.global.madeDirs = this.dirs;
    this.closings = [];
    this.global.closings = this.closings;
  }

  async teardown() {
    await Promise.all(this.closings.map((close) => close()));
    await Promise.all(this.dirs.map((dir) => rm(dir, { recursive: true, force: true })));
    disableStorages();
    await super.teardown();
  }
}
