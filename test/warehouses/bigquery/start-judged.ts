import { createJudge } from '../../support/bigquery/google-judge.ts';
import { startBigquery, type Bigquery } from '../../support/bigquery/start-bigquery.ts';
import { readOptions } from '../../support/googlesql/language.ts';
import { startGooglesql } from '../../support/googlesql/start-googlesql.ts';
import { warnLoudly } from '../../support/googlesql/warn-loudly.ts';

const startJudge = () =>
  process.env.FIELDMART_GOOGLESQL === 'off'
    ? ({ runs: false, reason: 'FIELDMART_GOOGLESQL is off' } as const)
    : startGooglesql();

/** The stand-in; Google's analyzer, where it runs, is asked about each statement before it is carried out. */
export const startJudged = async (): Promise<Bigquery> => {
  const google = await startJudge();
  if (!google.runs) {
    warnLoudly(google.reason);
    return startBigquery();
  }
  const judge = createJudge({ api: google.api, options: await readOptions(google.api) });
  const server = await startBigquery({ judge });
  return {
    ...server,
    close: async () => {
      await server.close();
      await google.close();
    },
  };
};
