import { createHash } from 'node:crypto';
import { addDays } from '../pipeline/calendar.ts';
import type { UnitKind } from '../pipeline/kpis/kpis.ts';
import { formatDate, formatInstant, formatWeek } from './format-value.ts';
import { html, trusted, type Html } from './html.ts';
import { showKpi } from './kpi-card.ts';
import { showRegions } from './region-table.ts';
import type { KpiReport, Report } from './report.ts';
import { showStatus } from './status-section.ts';
import { style } from './style.ts';

/** Nothing may be loaded or run; the one style sheet is known by its hash. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const chapters: readonly { kind: UnitKind; title: string }[] = [
  { kind: 'SALES', title: 'Sales' },
  { kind: 'PRODUCTION', title: 'Production' },
];

const isOnly =
  (kind: UnitKind) =>
  ({ kpi }: KpiReport): boolean =>
    kpi.kinds.length === 1 && kpi.kinds[0] === kind;

const showChapter = (kind: UnitKind, title: string, { kpis }: Report): Html => {
  const regions = showRegions(kind, title, kpis);
  return html`
    <section aria-labelledby="${kind}">
      <h2 id="${kind}">${title}</h2>
      <div class="cards">${kpis.filter(isOnly(kind)).map(showKpi)}</div>
    </section>
    ${regions !== null && html`<div class="sheet">${regions}</div>`}
  `;
};

const showTogether = ({ kpis }: Report): Html => html`
  <section aria-labelledby="both">
    <h2 id="both">Sales and production together</h2>
    <div class="cards">${kpis.filter(({ kpi }) => kpi.kinds.length > 1).map(showKpi)}</div>
  </section>
`;

const explainEmpty = ({ range }: Report): string =>
  range === null
    ? 'There are no numbers yet: no KPI has any record. Load records, then run fieldmart build.'
    : `No week is over yet: the data begin on ${formatDate(range.first)} and end on ${formatDate(range.last)}. ` +
      'The first report comes after the first full week, Monday to Sunday.';

const titleOf = ({ weeks }: Report): string =>
  weeks === null ? 'Weekly report' : `Week of ${formatWeek(weeks.week, addDays(weeks.week, 6))}`;

const showHead = (report: Report): Html => {
  const { status, weeks } = report;
  return html`<header>
    <h1>${titleOf(report)}</h1>
    <p class="lead">
      Tenant ${status.tenantId}.
      ${
        weeks !== null &&
        html`Beside the week before and the same week a year ago (from
        ${formatDate(weeks.yearAgo)}).`
      }
    </p>
    ${
      weeks !== null &&
      html`<nav aria-label="On this page">
        ${chapters.map(({ kind, title }) => html`<a href="#${kind}">${title}</a>`)}
        <a href="#both">Both together</a>
      </nav>`
    }
  </header>`;
};

/** One HTML page that needs nothing but itself: no network, no script. */
export const renderReport = (report: Report): string => {
  const { status } = report;
  const body =
    report.weeks === null
      ? html`<section class="sheet"><p>${explainEmpty(report)}</p></section>`
      : html`${chapters.map(({ kind, title }) => showChapter(kind, title, report))}
        ${showTogether(report)}`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${titleOf(report)} – fieldmart</title>
        <link rel="icon" href="data:," />
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        ${showHead(report)}
        <main>${showStatus(status)} ${body}</main>
        <footer>
          Written ${formatInstant(status.writtenAt)} by fieldmart. Weeks run from Monday to Sunday
          by the clock of ${status.timeZone}. A dash (–) is a number that does not exist, never a
          zero.
        </footer>
      </body>
    </html> `;
  return `${page.markup.trim()}\n`;
};
