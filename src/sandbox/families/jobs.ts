import * as json from '../json-text.ts';
import { below, pick, roll } from '../random.ts';
import type { AppointmentRow, CanceledLogRow, JobRow, ProjectRow, TimesheetRow } from '../rows.ts';
import type { TableDefinition } from '../table.ts';
import { day, hour, minute, yearOne } from '../ticks.ts';

const ids = (rows: readonly { id: number }[]): string => `[${rows.map((row) => row.id).join(',')}]`;

/** The number that other records show for a job. */
export function jobNumber(job: JobRow): string {
  return String(job.id);
}

/** What the job's invoices come to. */
export function jobTotal(job: JobRow): number {
  let cents = 0;
  for (const invoice of job.invoices) cents += invoice.subtotal;
  return cents;
}

const completedOf = (job: JobRow): number => (job.showCompleted ? job.due : NaN);

function renderJob(row: JobRow, feed: boolean): string {
  const { salt } = row;
  const sold = row.source !== null || !Number.isNaN(row.soldAt) ? row.person.id : 'null';
  const source = json.idOf(row.source?.estimates[0]);
  const leadSource =
    below(salt, 60, 30) === 0 ? `{"jobId":${row.id - 1},"employeeId":null}` : 'null';
  const tags = below(salt, 61, 6) === 0 ? `[${4000 + below(salt, 62, 30)}]` : '[]';
  return (
    `{"id":${row.id},"jobNumber":"${row.id}","projectId":${json.idOf(row.project)},"customerId":${row.customer.id},` +
    `"locationId":${row.location.id},"jobStatus":"${row.status}","completedOn":${json.instant(completedOf(row))},` +
    `"businessUnitId":${row.unit.id},"jobTypeId":${row.type.id},"priority":${json.plain(pick(salt, 63, ['Normal', 'Normal', 'High', 'Low']))},` +
    `"campaignId":${row.campaign.id},"appointmentCount":${row.appointments.length},"firstAppointmentId":${row.appointments[0]?.id ?? 0},` +
    `"lastAppointmentId":${row.appointments.at(-1)?.id ?? 0},"recallForId":${json.idOf(row.recallFor)},"warrantyId":${row.kind === 'warranty' ? json.idOf(row.recallFor) : 'null'},` +
    `"jobGeneratedLeadSource":${leadSource},"noCharge":${row.kind === 'service'},"notificationsEnabled":true,` +
    `"createdOn":${json.instant(row.created)},"createdById":${120_000 + below(salt, 64, 40)},"modifiedOn":${json.instant(row.modified)},` +
    `"tagTypeIds":${tags},"leadCallId":${below(salt, 65, 2) === 0 ? 'null' : 8_000_000 + row.order},"partnerLeadCallId":null,"bookingId":null,` +
    `"soldById":${sold},"customerPo":${json.note(salt, 66)},"invoiceId":${row.invoices[0]?.id ?? 0},"membershipId":null,` +
    `"total":${row.invoices.length === 0 ? 'null' : json.longMoneyNumber(jobTotal(row), salt)},"createdFromEstimateId":${source},` +
    `"estimateIds":${ids(row.estimates)},"equipmentIds":[],"isAutoDispatched":${below(salt, 67, 3) === 0 ? 'null' : 'false'},` +
    `"summary":${json.note(salt, 68)},"customFields":${json.customFields(salt)},"externalData":${json.externalData(salt)},"summaryOfWork":${json.note(salt, 69)}` +
    `${feed ? `,"active":${row.active}` : ''}${json.close(salt)}`
  );
}

/** Scheduled, Done, or canceled with its job. */
function appointmentStatus(row: AppointmentRow): string {
  if (row.done) return 'Done';
  if (row.job.status === 'Canceled') return 'Canceled';
  return row.job.status === 'Hold' ? 'Hold' : 'Scheduled';
}

function renderAppointment(row: AppointmentRow): string {
  const { salt, job } = row;
  const summaries =
    below(salt, 1, 3) > 0
      ? 'null'
      : `[{"createdOn":${json.instant(row.created)},"jobAppointmentId":${row.id},"jobId":${job.id},"modifiedOn":${json.instant(row.modified)},"notes":${json.noteNotNull(salt, 2)},"technicianId":${job.person.id}}]`;
  const window = below(salt, 3, 4) === 0 ? NaN : row.start;
  return (
    `{"id":${row.id},"jobId":${job.id},"appointmentNumber":"${job.id}-${job.appointments.indexOf(row) + 1}","start":${json.instant(row.start)},` +
    `"end":${json.instant(row.end)},"arrivalWindowStart":${json.instant(window)},"arrivalWindowEnd":${json.instant(window + hour)},` +
    `"status":"${appointmentStatus(row)}","specialInstructions":${json.note(salt, 4)},"createdOn":${json.instant(row.created)},` +
    `"modifiedOn":${json.instant(row.modified)},"customerId":${job.customer.id},"unused":false,"createdById":${120_000 + below(salt, 5, 40)},` +
    `"isConfirmed":${roll(salt, 6) < 0.6},"active":${row.active},"appointmentSummaries":${summaries}${json.close(salt)}`
  );
}

/** One project in five never had a modification date. */
function projectModified(row: ProjectRow): number {
  return below(row.salt, 1, 5) === 0 ? NaN : row.modified;
}

function renderProject(row: ProjectRow, feed: boolean): string {
  const { salt } = row;
  const [job] = row.jobs;
  const end = row.done ? row.created + 40 * day : NaN;
  return (
    `{"id":${row.id},"number":"PRJ-${row.id}","name":${json.note(salt, 2)},"summary":${json.note(salt, 3)},"status":"${row.done ? 'Completed' : 'InProgress'}",` +
    `"statusId":${row.done ? 3 : 2},"subStatus":null,"subStatusId":null,"customerId":${job?.customer.id ?? 0},"locationId":${job?.location.id ?? 0},` +
    `"projectTypeId":${below(salt, 4, 2) === 0 ? 'null' : '51'},"projectManagerIds":[${120_000 + below(salt, 5, 40)}],"businessUnitIds":[${job?.unit.id ?? 0}],` +
    `"startDate":${json.instant(row.created)},"targetCompletionDate":${json.instant(below(salt, 6, 3) === 0 ? yearOne : row.created + 30 * day)},` +
    `"actualCompletionDate":${json.instant(end)},"modifiedOn":${json.instant(projectModified(row))},"createdOn":${json.instant(row.created)},` +
    `"customFields":${json.customFields(salt)},"externalData":${json.externalData(salt)},"jobIds":${ids(row.jobs)}` +
    `${feed ? `,"active":${row.active}` : ''}${json.close(salt)}`
  );
}

function renderCanceledLog(row: CanceledLogRow): string {
  return (
    `{"id":${row.id},"jobId":${row.job.id},"reasonId":${60 + below(row.salt, 1, 9)},"memo":${json.note(row.salt, 2)},` +
    `"createdOn":${json.instant(row.created)},"createdById":${120_000 + below(row.salt, 3, 40)},"active":${row.active}${json.close(row.salt)}`
  );
}

function renderTimesheet(row: TimesheetRow): string {
  const { salt, appointment } = row;
  const canceled = below(salt, 1, 60) === 0;
  const done = canceled ? NaN : appointment.end - below(salt, 2, 30) * minute;
  return (
    `{"id":${row.id},"jobId":${appointment.job.id},"appointmentId":${appointment.id},"technicianId":${row.person.id},` +
    `"dispatchedOn":${json.instant(appointment.start - 40 * minute)},"arrivedOn":${json.instant(canceled ? NaN : appointment.start)},` +
    `"canceledOn":${json.instant(canceled ? appointment.start : NaN)},"doneOn":${json.instant(done)},"createdOn":${json.instant(row.created)},` +
    `"modifiedOn":${json.instant(row.modified)},"active":${row.active}${json.close(salt)}`
  );
}

const firstStart = (job: JobRow): number => job.appointments[0]?.start ?? NaN;

/** Jobs and what hangs on their calendar. */
export const jobTables = {
  jobs: {
    name: 'jobs',
    render: renderJob,
    filters: {
      jobStatus: { kind: 'text', of: (row) => row.status },
      number: { kind: 'text', of: jobNumber },
      projectId: { kind: 'ids', of: (row) => row.project?.id ?? 0 },
      customerId: { kind: 'ids', of: (row) => row.customer.id },
      locationId: { kind: 'ids', of: (row) => row.location.id },
      jobTypeId: { kind: 'ids', of: (row) => row.type.id },
      campaignId: { kind: 'ids', of: (row) => row.campaign.id },
      businessUnitId: { kind: 'ids', of: (row) => row.unit.id },
      createdFromEstimateId: { kind: 'ids', of: (row) => row.source?.estimates[0]?.id ?? 0 },
      completedOnOrAfter: {
        kind: 'instant',
        date: 'completedOn',
        test: 'atOrAfter',
        of: completedOf,
      },
      completedBefore: { kind: 'instant', date: 'completedOn', test: 'before', of: completedOf },
      firstAppointmentStartsOnOrAfter: {
        kind: 'instant',
        date: 'firstStart',
        test: 'atOrAfter',
        of: firstStart,
      },
      firstAppointmentStartsBefore: {
        kind: 'instant',
        date: 'firstStart',
        test: 'before',
        of: firstStart,
      },
    },
  },
  appointments: {
    name: 'appointments',
    render: renderAppointment,
    filters: {
      jobId: { kind: 'ids', of: (row) => row.job.id },
      customerId: { kind: 'ids', of: (row) => row.job.customer.id },
      status: { kind: 'text', of: appointmentStatus },
      startsOnOrAfter: {
        kind: 'instant',
        date: 'start',
        test: 'atOrAfter',
        of: (row) => row.start,
      },
      startsBefore: { kind: 'instant', date: 'start', test: 'before', of: (row) => row.start },
    },
  },
  projects: {
    name: 'projects',
    render: renderProject,
    modifiedOf: projectModified,
    filters: { customerId: { kind: 'ids', of: (row) => row.jobs[0]?.customer.id ?? 0 } },
  },
  canceledLogs: { name: 'job-canceled-logs', render: renderCanceledLog },
  timesheets: {
    name: 'timesheets',
    render: renderTimesheet,
    filters: {
      jobIds: { kind: 'ids', of: (row) => row.appointment.job.id },
      technicianId: { kind: 'ids', of: (row) => row.person.id },
    },
  },
} satisfies {
  jobs: TableDefinition<JobRow>;
  appointments: TableDefinition<AppointmentRow>;
  projects: TableDefinition<ProjectRow>;
  canceledLogs: TableDefinition<CanceledLogRow>;
  timesheets: TableDefinition<TimesheetRow>;
};
