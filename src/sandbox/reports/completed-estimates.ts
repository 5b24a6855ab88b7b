import { jobNumber } from '../families/jobs.ts';
import { nameOfCustomer } from '../families/people.ts';
import { plain, text } from '../json-text.ts';
import type { JobRow } from '../rows.ts';
import { localDay, localText } from '../ticks.ts';
import { createReport, isHere, isInPeriod, isOfUnits } from './report.ts';
import { typeName } from './type-name.ts';

function isCompletedEstimate(job: JobRow): boolean {
  if (!isHere(job) || job.unit.kind !== 'sales' || job.type.group !== 'estimate') return false;
  return job.status === 'Completed' && job.showCompleted;
}

/** One row per estimate visit that was made, whether an estimate was written or not. */
export const completedEstimatesReport = createReport<JobRow>({
  category: 'operations',
  id: 1201,
  name: 'Completed Estimates',
  description: 'Estimate jobs by the day they were completed',
  columns: [
    {
      name: 'CompletedDate',
      label: 'Completed Date',
      dataType: 'Date',
      text: ({ due }) => plain(localText(due)),
    },
    { name: 'JobNumber', label: 'Job #', dataType: 'Number', text: (job) => plain(jobNumber(job)) },
    { name: 'JobType', label: 'Job Type', dataType: 'String', text: (job) => text(typeName(job)) },
    {
      name: 'CustomerName',
      label: 'Customer Name',
      dataType: 'String',
      text: (job) => text(nameOfCustomer(job.customer)),
    },
    {
      name: 'BusinessUnit',
      label: 'Business Unit',
      dataType: 'String',
      text: ({ unit }) => text(unit.name),
    },
  ],
  select: ({ jobs }, period) =>
    jobs.rows.filter(
      (job) =>
        isCompletedEstimate(job) &&
        isInPeriod(localDay(job.due), period) &&
        isOfUnits(job.unit, period),
    ),
});
