/** What a command touches of the world: results go to `out`, everything else to `err`. */
export type Io = {
  env: NodeJS.ProcessEnv;
  now: () => Date;
  out: (line: string) => void;
  err: (line: string) => void;
  /** Characters of a line of the terminal; left out where results go to a file or another program. */
  width?: number | undefined;
};
