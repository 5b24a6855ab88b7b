const dayMs = 86_400_000;

/** The calendar date (`2024-03-01`) a number of days later. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10);

/** The Monday on or before a calendar date. */
export const mondayOf = (date: string): string =>
  addDays(date, -((new Date(date).getUTCDay() + 6) % 7));
