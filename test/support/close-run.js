/** Removes what open-run.js made. */
export default () => globalThis.removeRun();
