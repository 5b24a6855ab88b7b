/** What every raw row has. A field that is absent is NULL. */
type Raw = { id: number; active?: boolean; _deleted?: boolean };

type Named = Raw & { name?: string };

export type JobRow = Raw & {
  businessUnitId?: number;
  jobTypeId?: number;
  customerId?: number;
  jobStatus?: string;
  createdOn?: string;
  completedOn?: string;
};

export type AppointmentRow = Raw & { jobId?: number; start?: string; status?: string };

export type EstimateRow = Raw & {
  jobId?: number;
  businessUnitId?: number;
  statusName?: string;
  soldOn?: string;
  subtotal?: string;
};

export type InvoiceRow = Raw & {
  jobId?: number;
  businessUnitId?: number;
  locationId?: number;
  locationName?: string;
  subTotal?: string;
  balance?: string;
};

export type InvoiceItemRow = Raw & {
  invoiceId?: number;
  type?: string;
  totalCost?: string;
  cost?: string;
  quantity?: string;
};

/** A part of a payment as it stands in the payload; some sources of amounts are no numbers. */
export type AppliedPart = { appliedTo?: number; appliedAmount?: string };

export type PaymentRow = Raw & {
  businessUnitId?: number;
  total?: string;
  /** As the payload writes it: with a zone or without. */
  date?: string;
  createdOn?: string;
  appliedTo?: AppliedPart[];
};

/** `id` is the row's key; the source's own id can be NULL. */
export type PayItemRow = Raw & { jobId?: number; amount?: string };

export type PurchaseOrderRow = Omit<Raw, 'active'> & {
  jobId?: number;
  status?: string;
  total?: string;
};

export type ReturnRow = Raw & { jobId?: number; status?: string; returnAmount?: string };

/** One tenant's raw rows, by raw table without its `raw_`. */
export type Rows = {
  business_units: Named[];
  job_types: Named[];
  customers: Named[];
  locations: Named[];
  jobs: JobRow[];
  appointments: AppointmentRow[];
  estimates: EstimateRow[];
  invoices: InvoiceRow[];
  invoice_items: InvoiceItemRow[];
  payments: PaymentRow[];
  payroll: PayItemRow[];
  purchase_orders: PurchaseOrderRow[];
  returns: ReturnRow[];
};

/** A row of the seed business_unit_rollup; `id` is empty where only the name is known. */
export type RollupRow = {
  id: string;
  name: string;
  kind: 'SALES' | 'PRODUCTION' | 'NONE';
  rollsUpTo: string;
  region: string;
};

/** The CSV files that a person edits. */
export type Seeds = { rollup: RollupRow[]; jobTypeGroups: { group: string; name: string }[] };

/** One tenant as a build finds it. */
export type Tenant = { tenantId: string; timeZone: string; builtAt: string; rows: Rows };

/** Inactive and deleted records count in nothing. */
export const isActive = ({ active, _deleted }: { active?: boolean; _deleted?: boolean }): boolean =>
  active !== false && _deleted !== true;

/** Names, kinds and states are compared trimmed and in one case. */
export const fold = (text: string | undefined): string => (text ?? '').trim().toLowerCase();

/** The record with the id, if there is one. */
export const findById = <T extends { id: number }>(
  rows: readonly T[],
  id: number | undefined,
): T | undefined => rows.find((row) => row.id === id);
