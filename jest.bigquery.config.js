import config from './jest.config.js';

/** The warehouse suite on a BigQuery project that the environment names: minutes a test, one after the other. */
export default {
  ...config,
  testMatch: ['**/*.project.ts'],
  testTimeout: 20 * 60_000,
  maxWorkers: 1,
};
