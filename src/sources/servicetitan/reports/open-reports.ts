import { reportIntervalMs } from '../../../limits.ts';
import { openConnection } from '../open-connection.ts';
import type { ConnectionSettings } from '../open-connection.ts';
import { createAskReport } from './ask-report.ts';
import { describeReport } from './describe-report.ts';
import { readReport } from './read-report.ts';
import { nameReport } from './report.ts';
import type { ReportArgument, ReportData, ReportDescription, ReportId } from './report.ts';

/** The reports of one tenant. */
export type Reports = {
  /**
   * What a report takes and gives.
   * @throws SourceError when the source refuses or stays unreachable; for a report that is not there, naming those that
   * are.
   */
  describe: (report: ReportId) => Promise<ReportDescription>;
  /**
   * Runs a report and reads it to its end. Runs of the same report begin a minute apart: it waits for its turn.
   * @throws SourceError when the source refuses, stays unreachable, or what it gives does not hold together.
   */
  read: (report: ReportId, parameters: readonly ReportArgument[]) => Promise<ReportData>;
  close: () => Promise<void>;
};

/** Opens the Reporting API of one tenant. Nothing is sent before the first report is asked for. */
export const openReports = (settings: ConnectionSettings): Reports => {
  const { baseUrl, tenantId, appKey } = settings;
  const { http, tokens, now, log } = openConnection(settings);
  const ask = createAskReport({ http, tokens, baseUrl, tenantId, appKey, log });
  const lastRuns = new Map<string, number>();

  const waitForTurn = async (name: string): Promise<void> => {
    const waitMs = (lastRuns.get(name) ?? -Infinity) + reportIntervalMs - now();
    if (waitMs > 0) {
      log('the report ran within the last minute, waiting for its turn', { report: name, waitMs });
      await http.pause(waitMs);
    }
    lastRuns.set(name, now());
  };

  return {
    describe: (report) => describeReport(ask, report),
    read: async (report, parameters) => {
      await waitForTurn(nameReport(report));
      return readReport(ask, report, parameters);
    },
    close: () => http.close(),
  };
};
