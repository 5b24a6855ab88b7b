/**
 * Colours are for a person at a terminal that shows them, who has not asked for none (https://no-color.org). FORCE_COLOR
 * asks for them wherever the output goes, and wins over NO_COLOR as it does in Node; 0 or false asks for none.
 */
export const wantsColour = (env: NodeJS.ProcessEnv): boolean => {
  const { FORCE_COLOR: forced, NO_COLOR: refused = '', TERM: terminal } = env;
  if (forced !== undefined) return !['0', 'false'].includes(forced);
  return process.stdout.isTTY && terminal !== 'dumb' && refused === '';
};
