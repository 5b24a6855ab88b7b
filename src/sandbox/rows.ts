/** The facts that the sandbox keeps of each record; everything else is rendered from its salt. Money is in cents. */
export type Row = {
  /** 0 is rendered as null. */
  id: number;
  /** Position in its table, in order of creation. */
  order: number;
  created: number;
  modified: number;
  /** Position of its latest change in the table's feed. */
  feedAt: number;
  salt: number;
  active: boolean;
  removed: boolean;
};

export type UnitRow = Row & { name: string; kind: 'sales' | 'production' | 'none'; region: number };
/** Other records go on showing `name` when the row itself is renamed. */
export type JobTypeRow = Row & {
  name: string;
  renamed?: string;
  group: 'estimate' | 'paint' | 'service';
};
export type NamedRow = Row & { name: string; renamed?: string };
export type PersonRow = Row & { technician: boolean; unit: UnitRow; from: number; to: number };

export type CustomerRow = Row & { region: number; commercial: boolean; merged: CustomerRow | null };
export type LocationRow = Row & { customer: CustomerRow; merged: LocationRow | null };

export type JobKind = 'sales' | 'paint' | 'warranty' | 'touchup' | 'service';
export type JobStatus =
  'Scheduled' | 'Dispatched' | 'InProgress' | 'Hold' | 'Completed' | 'Canceled';
export type JobRow = Row & {
  kind: JobKind;
  status: JobStatus;
  /** When the work ends, or would; `completedOn` shows it only where `showCompleted`. */
  due: number;
  showCompleted: boolean;
  /** When its estimate is sold, or would be; NaN for never. */
  soldAt: number;
  amount: number;
  unit: UnitRow;
  type: JobTypeRow;
  campaign: NamedRow;
  /** Who sells it or leads the work. */
  person: PersonRow;
  customer: CustomerRow;
  location: LocationRow;
  /** The sales job whose sold estimate it carries out. */
  source: JobRow | null;
  recallFor: JobRow | null;
  project: ProjectRow | null;
  appointments: AppointmentRow[];
  estimates: EstimateRow[];
  invoices: InvoiceRow[];
};
export type AppointmentRow = Row & { job: JobRow; start: number; end: number; done: boolean };
export type TimesheetRow = Row & { appointment: AppointmentRow; person: PersonRow };
export type CanceledLogRow = Row & { job: JobRow };
export type ProjectRow = Row & { jobs: JobRow[]; done: boolean };

export type EstimateRow = Row & {
  job: JobRow | null;
  customer: CustomerRow;
  location: LocationRow;
  status: 'Open' | 'Sold' | 'Dismissed';
  soldOn: number;
  subtotal: number;
};

export type InvoiceRow = Row & {
  job: JobRow | null;
  unit: UnitRow;
  customer: CustomerRow;
  location: LocationRow | null;
  date: number;
  subtotal: number;
  tax: number;
  paid: number;
  items: InvoiceItemRow[];
};
export type InvoiceItemRow = Row & {
  invoice: InvoiceRow;
  type: 'Service' | 'Material' | 'Equipment' | 'PriceModifier';
  quantity: number;
  price: number;
  cost: number;
  /** What its invoice still shows after it changed on its own. */
  nested?: { cost: number; modified: number };
};
export type PaymentRow = Row & {
  customer: CustomerRow;
  unit: UnitRow;
  date: number;
  total: number;
  type: NamedRow;
  applied: { invoice: InvoiceRow; cents: number }[];
  refundOf: PaymentRow | null;
};

export type PeriodRow = Row & { person: PersonRow; from: number; to: number; status: number };
export type PayItemRow = Row & {
  period: PeriodRow;
  job: JobRow | null;
  date: number;
  amount: number;
  type: number;
};
export type AdjustmentRow = Row & { invoice: InvoiceRow | null; person: PersonRow; amount: number };

export type PurchaseOrderRow = Row & { job: JobRow | null; status: string; total: number };
export type ReturnRow = Row & { purchaseOrder: PurchaseOrderRow; status: number; amount: number };
export type BillRow = Row & { purchaseOrder: PurchaseOrderRow; amount: number };
