/**
 * How DuckDB is opened where one process builds small tables many times: to hand work to a second thread, and to give
 * freed memory back after each step, costs more than the work.
 */
export const smallWork = { threadsMax: 1, freedMbMax: 64 };
