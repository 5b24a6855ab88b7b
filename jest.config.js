/**
 * Real ES modules under jest: see the test script for --experimental-vm-modules. The semi-spaces there are megabytes of
 * young objects that are looked through at a time: at Node's own 16 the simulations spend a seventh more CPU on it. They
 * are looked through in one thread, since each core has a worker of its own.
 */
export default {
  testEnvironment: '<rootDir>/test/support/environment.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/open-run.js',
  globalTeardown: '<rootDir>/test/support/close-run.js',
  testTimeout: 30_000,
  // By default jest leaves one core free: on two that would be one test at a time.
  maxWorkers: '100%',
  testSequencer: '<rootDir>/test/support/longest-first.js',
};
