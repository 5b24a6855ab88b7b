/** The API's older names of types; SQL has the newer ones. */
const newer: Readonly<Record<string, string>> = {
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
};

/** The type of a table's column in SQL. */
export const sqlType = (type: string): string => newer[type] ?? type;
