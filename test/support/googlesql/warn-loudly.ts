const width = 100;

/** Says on standard error, in a frame, that Google's server does not run here and what is therefore not proved. */
export const warnLoudly = (reason: string): void => {
  const lines = [
    'NOT PROVED: the models and checks against Google’s own SQL analyzer and evaluator.',
    'Their tests are skipped, since @fivetrandevelopers/zetasql does not run on this machine:',
    ...(reason.match(new RegExp(`.{1,${width}}`, 'g')) ?? []),
  ];
  const rule = '!'.repeat(width + 4);
  const framed = lines.map((line) => `! ${line.padEnd(width)} !`);
  process.stderr.write(['', rule, ...framed, rule, ''].join('\n'));
};
