import type { Json } from '../../../model.ts';

/** Which report: its category's id and its own, as the Reporting API has them. */
export type ReportId = { category: string; id: string };

/** A column: the name that stays, and the label that people see. */
export type ReportField = { name: string; label: string };

/** Something that a run of the report asks for. */
export type ReportParameter = {
  name: string;
  label: string;
  /** String, Number, Boolean, Date or Time; others may come. */
  dataType: string;
  isArray: boolean;
  isRequired: boolean;
};

export type ReportDescription = {
  name: string;
  parameters: ReportParameter[];
  fields: ReportField[];
};

/** A run of a report, whole: the rows' cells stand in the order of `fields`, numbers as they were written. */
export type ReportData = { fields: ReportField[]; rows: (string | null)[][] };

/** A parameter of a run. */
export type ReportArgument = { name: string; value: Json };

/** `marketing/1001`. */
export const nameReport = ({ category, id }: ReportId): string => `${category}/${id}`;
