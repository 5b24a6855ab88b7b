import { jobNumber } from '../families/jobs.ts';
import { nameOfCustomer } from '../families/people.ts';
import { plain, text } from '../json-text.ts';
import type { JobRow } from '../rows.ts';
import { localDay, localText } from '../ticks.ts';
import { createReport, isHere, isInPeriod, isOfUnits } from './report.ts';
import { typeName } from './type-name.ts';

function isLead(job: JobRow): boolean {
  if (!isHere(job) || job.unit.kind !== 'sales') return false;
  if (!typeName(job).toLowerCase().includes('estimate')) return false;
  return !nameOfCustomer(job.customer).toLowerCase().includes('test');
}

/** One row per lead: a job of a sales unit whose type is an estimate, whatever became of it. */
export const leadsReport = createReport<JobRow>({
  category: 'marketing',
  id: 1001,
  name: 'Leads',
  description: 'Estimate jobs by the day they were created',
  columns: [
    { name: 'JobNumber', label: 'Job #', dataType: 'Number', text: (job) => plain(jobNumber(job)) },
    {
      name: 'CreatedDate',
      label: 'Created Date',
      dataType: 'Date',
      text: (job) => plain(localText(job.created)),
    },
    {
      name: 'CustomerName',
      label: 'Customer Name',
      dataType: 'String',
      text: (job) => text(nameOfCustomer(job.customer)),
    },
    { name: 'JobType', label: 'Job Type', dataType: 'String', text: (job) => text(typeName(job)) },
    {
      name: 'BusinessUnit',
      label: 'Business Unit',
      dataType: 'String',
      text: (job) => text(job.unit.name),
    },
    {
      name: 'JobStatus',
      label: 'Job Status',
      dataType: 'String',
      text: (job) => plain(job.status),
    },
  ],
  select: ({ jobs }, period) =>
    jobs.rows.filter(
      (job) =>
        isLead(job) && isInPeriod(localDay(job.created), period) && isOfUnits(job.unit, period),
    ),
});
