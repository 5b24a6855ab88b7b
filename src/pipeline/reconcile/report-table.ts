/** A row of a report: its line in the file, or its number in the run. */
export type ReportRow = { at: number; cells: readonly string[] };

/** A report as texts under named columns: lines of a file, or rows of the Reporting API. */
export type ReportTable = {
  /** What messages call it: `leads.csv`, `report marketing/1001`. */
  title: string;
  place: 'line' | 'row';
  /** The names of each column: one in a file; in the API a name and a label. */
  columns: readonly (readonly string[])[];
  rows: readonly ReportRow[];
};
