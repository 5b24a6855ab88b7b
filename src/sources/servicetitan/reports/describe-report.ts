import { SourceError } from '../../../errors.ts';
import { HttpFailure } from '../../../http/failure.ts';
import { malformed } from '../malformed.ts';
import type { AskReport } from './ask-report.ts';
import { categoriesScope, explainReportFailure } from './explain-report-failure.ts';
import { nameReport } from './report.ts';
import type { ReportDescription, ReportField, ReportId, ReportParameter } from './report.ts';

type Members = Record<string, unknown>;

const membersOf = (value: unknown): Members => Object(value) as Members;
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

const parse = (body: Buffer): Members => {
  try {
    return membersOf(JSON.parse(body.toString('utf8')));
  } catch {
    throw malformed();
  }
};

const listOf = (value: unknown): Members[] => {
  if (!Array.isArray(value)) throw malformed();
  return value.map(membersOf);
};

const readParameter = (member: Members): ReportParameter => ({
  name: textOf(member.name),
  label: textOf(member.label),
  dataType: textOf(member.dataType),
  isArray: member.isArray === true,
  isRequired: member.isRequired === true,
});

const readField = ({ name, label }: Members): ReportField => ({
  name: textOf(name),
  label: textOf(label),
});

const readDescription = (body: Buffer): ReportDescription => {
  const { name, parameters, fields } = parse(body);
  return {
    name: textOf(name),
    parameters: listOf(parameters).map(readParameter),
    fields: listOf(fields).map(readField),
  };
};

/** The path of a report, below the tenant. */
export const pathOfReport = ({ category, id }: ReportId): string =>
  `report-category/${encodeURIComponent(category)}/reports/${encodeURIComponent(id)}`;

const isMissing = (error: unknown): boolean =>
  error instanceof HttpFailure && error.facts.status === 404;

/** More than this is no help to read. */
const namesShownMax = 20;

const listNames = (items: readonly Members[], show: (item: Members) => string): string =>
  items.length === 0
    ? 'none'
    : items
        .slice(0, namesShownMax)
        .map(show)
        .join(', ')
        .replace(/\p{Cc}/gu, ' ') +
      (items.length > namesShownMax ? `, and ${items.length - namesShownMax} more` : '');

/** For a report that is not there: what is. */
const explainMissing = async (ask: AskReport, report: ReportId): Promise<SourceError> => {
  const list = async (path: string, what: string, scope?: string): Promise<Members[]> => {
    try {
      return await ask({ path, query: { pageSize: '500' } }, (body) => listOf(parse(body).data));
    } catch (error) {
      const asked = { what, place: path, ...(scope === undefined ? {} : { scope }) };
      throw explainReportFailure(error, asked);
    }
  };
  const found = `Cannot read report ${nameReport(report)}: ServiceTitan answered 404`;
  const { category } = report;
  const categories = await list('report-categories', 'the report categories', categoriesScope);
  if (!categories.some(({ id }) => textOf(id) === category)) {
    const names = listNames(categories, ({ id }) => textOf(id));
    return new SourceError(`${found}, as it has no category ${category}; give one of: ${names}`, {
      status: 404,
    });
  }
  const path = `report-category/${encodeURIComponent(category)}/reports`;
  const reports = await list(path, `the reports of category ${category}`);
  const names = listNames(reports, ({ id, name }) => `${category}/${textOf(id)} (${textOf(name)})`);
  return new SourceError(
    `${found}, as the category has no report ${report.id} that this application may see; give one of: ${names}`,
    { status: 404 },
  );
};

/**
 * What a report takes and gives.
 * @throws SourceError; for a report that is not there it names those that are.
 */
export const describeReport = async (
  ask: AskReport,
  report: ReportId,
): Promise<ReportDescription> => {
  try {
    return await ask({ path: pathOfReport(report) }, readDescription);
  } catch (error) {
    if (isMissing(error)) throw await explainMissing(ask, report);
    throw explainReportFailure(error, {
      what: `report ${nameReport(report)}`,
      place: 'its description',
    });
  }
};
