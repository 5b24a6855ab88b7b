import TestSequencer from '@jest/test-sequencer';

/** Suites that take half a minute or more: begun last, one of them would go on alone when all others are done. */
const long = /[\\/]test[\\/](?:simulation|sql[\\/]property|e2e)/;

/** The order of jest, which in a fresh clone goes by the size of files, with the long suites first. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const isLong = ({ path }) => long.test(path);
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
}
