import {
  openReports,
  type Reports,
} from '../../../src/sources/servicetitan/reports/open-reports.ts';
import { secrets } from './open-source.ts';

/** Reports read by a clock that only waiting moves, and what was waited for and logged. */
export type ReportRig = {
  open: (url: string, settings?: Partial<Parameters<typeof openReports>[0]>) => Reports;
  clock: { ms: number };
  waitsMs: number[];
  logged: string[];
};

export const createReportRig = (): ReportRig => {
  const clock = { ms: Date.parse('2024-05-01T12:00:00Z') };
  const waitsMs: number[] = [];
  const logged: string[] = [];
  const open: ReportRig['open'] = (url, settings = {}) =>
    openReports({
      ...secrets,
      baseUrl: url,
      authUrl: `${url}/connect/token`,
      tenantId: '42',
      requestsPerSecond: 1000,
      now: () => clock.ms,
      sleep: (ms) => {
        waitsMs.push(ms);
        clock.ms += ms;
        return Promise.resolve();
      },
      random: () => 0,
      log: (message, meta) => logged.push(`${message} ${JSON.stringify(meta)}`),
      ...settings,
    });
  return { open, clock, waitsMs, logged };
};
