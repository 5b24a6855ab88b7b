import { at, mix, roll } from './random.ts';
import type {
  AdjustmentRow,
  AppointmentRow,
  BillRow,
  CanceledLogRow,
  CustomerRow,
  EstimateRow,
  InvoiceItemRow,
  InvoiceRow,
  JobRow,
  JobTypeRow,
  LocationRow,
  NamedRow,
  PayItemRow,
  PaymentRow,
  PeriodRow,
  PersonRow,
  ProjectRow,
  PurchaseOrderRow,
  ReturnRow,
  TimesheetRow,
  UnitRow,
} from './rows.ts';
import type { Table } from './table.ts';

/** The tables of the company, each under the name of its generator. */
export type Tables = {
  jobs: Table<JobRow>;
  appointments: Table<AppointmentRow>;
  projects: Table<ProjectRow>;
  canceledLogs: Table<CanceledLogRow>;
  timesheets: Table<TimesheetRow>;
  jobTypes: Table<JobTypeRow>;
  estimates: Table<EstimateRow>;
  invoices: Table<InvoiceRow>;
  invoiceItems: Table<InvoiceItemRow>;
  payments: Table<PaymentRow>;
  paymentTypes: Table<NamedRow>;
  bills: Table<BillRow>;
  payItems: Table<PayItemRow>;
  periods: Table<PeriodRow>;
  adjustments: Table<AdjustmentRow>;
  units: Table<UnitRow>;
  technicians: Table<PersonRow>;
  employees: Table<PersonRow>;
  tagTypes: Table<NamedRow>;
  campaigns: Table<NamedRow>;
  customers: Table<CustomerRow>;
  locations: Table<LocationRow>;
  purchaseOrders: Table<PurchaseOrderRow>;
  returns: Table<ReturnRow>;
};

/** A running share-out: hands out whole things in proportion to weights, so that a total comes out exact. */
export type Share = { perWeight: number; earned: number; given: number };

/** The invented company while it grows. */
export type World = {
  seed: number;
  scale: number;
  tables: Tables;
  /** Counter behind the salts: the same calls in the same order make the same company. */
  made: number;
  seats: { field: number; office: number };
  shares: Record<'estimates' | 'invoices' | 'payments' | 'payItems', Share>;
  /** Jobs whose work is still ahead. */
  pending: Set<JobRow>;
  /** Sold sales jobs that wait for their production job, by region. */
  sold: JobRow[][];
  periods: Map<string, PeriodRow>;
  /** Sales jobs whose estimate is going to be sold later. */
  selling: Set<JobRow>;
  /** Where customers come back from, by region. */
  locationsByRegion: LocationRow[][];
  /** Finished painting jobs, by region, for warranty and touch-up work. */
  painted: JobRow[][];
  /** The last invoice that money was taken for: payments are split with it. */
  lastInvoice: InvoiceRow | null;
};

/** The salt of the next record. */
export function nextSalt(world: World): number {
  world.made += 1;
  return mix(world.seed, world.made);
}

/** How many things a weight has earned by now, at least `least`; what is given early is kept back later. */
export function takeShare(share: Share, weight: number, least = 0): number {
  share.earned += weight * share.perWeight;
  const count = Math.max(least, Math.floor(share.earned + 1e-9) - share.given);
  share.given += count;
  return count;
}

/** Who sat on a seat of the field (or office) crew at an instant. */
export function personAt(
  world: World,
  crew: 'field' | 'office',
  salt: number,
  instant: number,
): PersonRow {
  const people = (crew === 'field' ? world.tables.technicians : world.tables.employees).rows;
  const seats = world.seats[crew];
  const seat = Math.floor(roll(salt, 31) * seats);
  for (let index = seat; index < people.length; index += seats) {
    if (at(people, index).to > instant) return at(people, index);
  }
  return at(people, seat);
}
