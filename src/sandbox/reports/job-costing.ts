import { jobNumber } from '../families/jobs.ts';
import { plain, text } from '../json-text.ts';
import type { AppointmentRow, JobRow } from '../rows.ts';
import type { Table } from '../table.ts';
import { localDay, localDayText } from '../ticks.ts';
import { sumJobs } from './job-costs.ts';
import type { JobCosts } from './job-costs.ts';
import { nanosText, percentText } from './nanos.ts';
import { createReport, isHere, isInPeriod, isOfUnits } from './report.ts';
import { typeName } from './type-name.ts';

type CostedJob = JobCosts & { job: JobRow; started: number };

function firstStarts(appointments: Table<AppointmentRow>): Map<JobRow, number> {
  const starts = new Map<JobRow, number>();
  for (const row of appointments.rows) {
    if (isHere(row)) starts.set(row.job, Math.min(row.start, starts.get(row.job) ?? row.start));
  }
  return starts;
}

/** The first appointment, canceled or not; without one the completion, without that the creation. */
function startOf(job: JobRow, starts: Map<JobRow, number>): number {
  return starts.get(job) ?? (job.showCompleted ? job.due : job.created);
}

const totalCosts = ({ labor, material, returns }: CostedJob): bigint => labor + material - returns;
const margin = (row: CostedJob): bigint => row.revenue - totalCosts(row);

/** One row per job of a production unit: what it brought, what it cost, what is left. */
export const jobCostingReport = createReport<CostedJob>({
  category: 'operations',
  id: 1202,
  name: 'Job Costing',
  description: 'Revenue and costs of jobs by the day of their first appointment',
  columns: [
    {
      name: 'JobNumber',
      label: 'Job #',
      dataType: 'Number',
      text: ({ job }) => plain(jobNumber(job)),
    },
    {
      name: 'JobStartDate',
      label: 'Job Start Date',
      dataType: 'Date',
      text: ({ started }) => plain(localDayText(started)),
    },
    {
      name: 'BusinessUnit',
      label: 'Business Unit',
      dataType: 'String',
      text: ({ job }) => text(job.unit.name),
    },
    {
      name: 'JobType',
      label: 'Job Type',
      dataType: 'String',
      text: ({ job }) => text(typeName(job)),
    },
    {
      name: 'Subtotal',
      label: 'Subtotal',
      dataType: 'Number',
      text: ({ revenue }) => nanosText(revenue),
    },
    {
      name: 'LaborPay',
      label: 'Labor Pay',
      dataType: 'Number',
      text: ({ labor }) => nanosText(labor),
    },
    {
      name: 'MaterialEquipmentPurchaseOrderCosts',
      label: 'Material, Equipment & PO Costs',
      dataType: 'Number',
      text: ({ material }) => nanosText(material),
    },
    {
      name: 'ReturnCosts',
      label: 'Return Costs',
      dataType: 'Number',
      text: ({ returns }) => nanosText(returns),
    },
    {
      name: 'TotalCosts',
      label: 'Total Costs',
      dataType: 'Number',
      text: (row) => nanosText(totalCosts(row)),
    },
    {
      name: 'GrossMargin',
      label: 'Gross Margin',
      dataType: 'Number',
      text: (row) => nanosText(margin(row)),
    },
    {
      name: 'GrossMarginPercentage',
      label: 'Gross Margin %',
      dataType: 'Number',
      text: (row) => percentText(margin(row), row.revenue),
    },
  ],
  select: (tables, period) => {
    const starts = firstStarts(tables.appointments);
    const dayOf = (job: JobRow) => localDay(startOf(job, starts));
    const jobs = tables.jobs.rows.filter(
      (job) =>
        isHere(job) &&
        job.unit.kind === 'production' &&
        isInPeriod(dayOf(job), period) &&
        isOfUnits(job.unit, period),
    );
    return [...sumJobs(tables, jobs)].map(([job, sums]) => ({ ...sums, job, started: dayOf(job) }));
  },
});
