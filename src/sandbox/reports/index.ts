import { collectionsReport } from './collections.ts';
import { completedEstimatesReport } from './completed-estimates.ts';
import { jobCostingReport } from './job-costing.ts';
import { leadsReport } from './leads.ts';
import type { Report } from './report.ts';
import { soldEstimatesReport } from './sold-estimates.ts';

/** Every category of reports, in the order of the list. */
export const categories: readonly { id: string; name: string }[] = [
  { id: 'marketing', name: 'Marketing' },
  { id: 'sales', name: 'Sales' },
  { id: 'operations', name: 'Operations' },
  { id: 'accounting', name: 'Accounting' },
];

/** Every report. */
export const reports: readonly Report[] = [
  leadsReport,
  soldEstimatesReport,
  completedEstimatesReport,
  jobCostingReport,
  collectionsReport,
];
