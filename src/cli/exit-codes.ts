/** What each exit code means, and what to do about it. The help, the documents and `runs` take it from here. */
export const exitCodes = [
  { code: 0, meaning: 'done', next: 'nothing' },
  { code: 1, meaning: 'a bug', next: 'report it with its stack and what the log says of the run' },
  {
    code: 2,
    meaning: 'configuration or command line',
    next: 'correct the variable or option that the message names, then repeat the command',
  },
  {
    code: 3,
    meaning: 'the source or Databox refused or is unreachable',
    next: 'do what the message says of credentials or scopes if it does; then repeat the command: it goes on where it stopped',
  },
  {
    code: 4,
    meaning: 'records cannot be stored',
    next: 'look at st_ops.rejects; when the source is right again, repeat the command',
  },
  {
    code: 5,
    meaning: 'the warehouse, the spool or a file to write refused',
    next: 'see who holds the database, whether the disk is full, and what the message says; then repeat the command',
  },
  {
    code: 6,
    meaning: 'a check failed',
    next: 'see fieldmart check for the wrong rows; what was published before still stands',
  },
  { code: 130, meaning: 'stopped', next: 'repeat the command: it goes on where it stopped' },
] as const;

/** `0 done, 1 a bug, …`. */
export const listExitCodes = (): string =>
  exitCodes.map(({ code, meaning }) => `${code} ${meaning}`).join(', ');
