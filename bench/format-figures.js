/** The middle of some numbers. */
export const median = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

const shown = (numbers, digits) => {
  const known = numbers.filter((number) => Number.isFinite(number));
  if (known.length === 0) return '';
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const middle = median(known).toFixed(digits);
  return least.toFixed(digits) === most.toFixed(digits)
    ? middle
    : `${middle} (${least.toFixed(digits)}..${most.toFixed(digits)})`;
};

const columns = [
  ['s', ({ seconds }) => seconds, 2],
  ['CPU s', ({ cpuSeconds }) => cpuSeconds, 2],
  ['MB/s', ({ bytes, seconds }) => bytes / 1e6 / seconds, 1],
  ['rows/s', ({ rows, seconds }) => rows / seconds, 0],
  ['peak MB', ({ rssMb }) => rssMb, 0],
  ['requests', ({ requests }) => requests, 0],
  ['fetched again', ({ again }) => again, 0],
  ['commits', ({ commits }) => commits, 0],
];

const toTable = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** A table of stages: the median of the runs, and least and most where they differ. */
export const formatFigures = (runs) => {
  const names = Object.keys(runs[0]);
  const rows = names.map((name) => {
    // A run that had to record responses waited for the sandbox.
    const figures = runs.map((run) => run[name]).filter(({ recorded = 0 }) => recorded === 0);
    return [name, ...columns.map(([, of, digits]) => shown(figures.map(of), digits))];
  });
  return toTable(['stage', ...columns.map(([name]) => name)], rows);
};

/** Requests per entity, and per 100,000 of its records. */
export const formatRequests = (requests) =>
  toTable(
    ['entity', 'requests', 'records', 'requests per 100,000 records'],
    requests.map(({ entity, requests: made, records }) => [
      entity,
      made,
      records,
      records === 0 ? '' : Math.ceil((made / records) * 100_000),
    ]),
  );
