import type { Finding } from '../pipeline/examine.ts';

const width = 'skipped'.length;

const toLine = ({ about, verdict, text }: Finding): string =>
  `${verdict.padEnd(width)}  ${about}: ${text}`;

/** What was skipped for the same reason shares a line, where the first of it would stand. */
const joinSkipped = (findings: readonly Finding[]): Finding[] =>
  findings.flatMap((finding, index) => {
    if (finding.verdict !== 'skipped') return [finding];
    const same = findings.filter(
      ({ verdict, text }) => verdict === 'skipped' && text === finding.text,
    );
    const isFirst = findings.indexOf(same[0] ?? finding) === index;
    return isFirst ? [{ ...finding, about: same.map(({ about }) => about).join(', ') }] : [];
  });

const count = (findings: readonly Finding[], verdict: Finding['verdict']): number =>
  findings.filter((finding) => finding.verdict === verdict).length;

/** A line for each finding, then their number. */
export const formatFindings = (findings: readonly Finding[]): string =>
  [
    ...joinSkipped(findings).map(toLine),
    '',
    `${count(findings, 'ok')} ok, ${count(findings, 'wrong')} wrong, ${count(findings, 'skipped')} skipped`,
  ].join('\n');
