import { jobNumber } from '../families/jobs.ts';
import { nameOfCustomer } from '../families/people.ts';
import { longMoneyNumber, plain, text } from '../json-text.ts';
import type { EstimateRow, JobRow } from '../rows.ts';
import { localDay, localText } from '../ticks.ts';
import { createReport, isHere, isInPeriod, isOfUnits } from './report.ts';

type SoldEstimate = EstimateRow & { job: JobRow };

function isSold(estimate: EstimateRow): estimate is SoldEstimate {
  if (!isHere(estimate) || estimate.status !== 'Sold' || Number.isNaN(estimate.soldOn))
    return false;
  return estimate.job?.unit.kind === 'sales';
}

/** One row per estimate that was sold, of jobs of sales units. */
export const soldEstimatesReport = createReport<SoldEstimate>({
  category: 'sales',
  id: 1101,
  name: 'Sold Estimates',
  description: 'Estimates by the day they were sold',
  columns: [
    {
      name: 'EstimateId',
      label: 'Estimate ID',
      dataType: 'Number',
      text: ({ id }) => String(id),
    },
    {
      name: 'JobNumber',
      label: 'Job #',
      dataType: 'Number',
      text: ({ job }) => plain(jobNumber(job)),
    },
    {
      name: 'CustomerName',
      label: 'Customer Name',
      dataType: 'String',
      text: ({ customer }) => text(nameOfCustomer(customer)),
    },
    {
      name: 'SoldOn',
      label: 'Sold On',
      dataType: 'Date',
      text: ({ soldOn }) => plain(localText(soldOn)),
    },
    {
      name: 'BusinessUnit',
      label: 'Business Unit',
      dataType: 'String',
      text: ({ job }) => text(job.unit.name),
    },
    {
      name: 'EstimateSubtotal',
      label: 'Estimate Subtotal',
      dataType: 'Number',
      text: ({ subtotal, salt }) => longMoneyNumber(subtotal, salt),
    },
  ],
  select: ({ estimates }, period) =>
    estimates.rows
      .filter(isSold)
      .filter(
        ({ soldOn, job }) => isInPeriod(localDay(soldOn), period) && isOfUnits(job.unit, period),
      ),
});
