import { addDays } from '../pipeline/calendar.ts';
import type { Kpi } from '../pipeline/kpis/kpis.ts';
import { drawSpark, drawTrend, type Point } from './draw-trend.ts';
import { describeChange, formatDate, formatValue, formatWeek } from './format-value.ts';
import { html, type Html } from './html.ts';
import type { Compared, KpiReport } from './report.ts';
import { partsOf, type WeekNumber } from './week-numbers.ts';

const weekOf = (week: string): string => formatWeek(week, addDays(week, 6));

const exact = ({ amount }: WeekNumber, { unit }: Kpi): string => formatValue(amount, unit, 'exact');

const toPoints = (kpi: Kpi, trend: readonly WeekNumber[]): Point[] =>
  trend.map((number) => ({
    ...{ week: number.week, amount: number.amount },
    title: `${weekOf(number.week)}: ${exact(number, kpi)}`,
  }));

const showChange = ({ now }: Compared, then: WeekNumber, kpi: Kpi, against: string): Html => {
  const { arrow, words } = describeChange(now.amount, then.amount, kpi.unit);
  const was = formatValue(then.amount, kpi.unit, 'short');
  return html`<li>
    <span class="arrow" aria-hidden="true">${arrow}</span>${words}
    <span class="against">${against}: ${was}</span>
  </li>`;
};

/** What the line shows, in words: its ends and its extremes. */
const describeTrend = ({ kpi, trend }: KpiReport): string => {
  const known = trend.filter(({ amount }) => amount !== null);
  const sorted = [...known].sort((a, b) => Number(a.amount) - Number(b.amount));
  const [lowest, highest, last] = [sorted[0], sorted.at(-1), known.at(-1)];
  if (lowest === undefined || highest === undefined || last === undefined) return kpi.title;
  return (
    `${kpi.title} by week, ${known.length} weeks: lowest ${exact(lowest, kpi)} (${weekOf(lowest.week)}), ` +
    `highest ${exact(highest, kpi)} (${weekOf(highest.week)}), last ${exact(last, kpi)}`
  );
};

const showTrend = (report: KpiReport): Html => {
  const { kpi, trend } = report;
  const known = trend.filter(({ amount }) => amount !== null).length;
  if (known === 0) return html`<p class="note">No trend yet: no week has this number.</p>`;
  return drawTrend(toPoints(kpi, trend), kpi.unit, describeTrend(report));
};

const showCells = (numbers: Compared, kpi: Kpi): Html => html`
  ${numbers.now.parts.map(
    (part, index) =>
      html`<td class="number">
        ${formatValue(part, partsOf(kpi)[index]?.unit ?? 'count', 'exact')}
      </td>`,
  )}
  <td class="number strong">${exact(numbers.now, kpi)}</td>
  <td class="number">${exact(numbers.before, kpi)}</td>
  <td class="number">${exact(numbers.yearAgo, kpi)}</td>
`;

const showPlaces = ({ kpi, regions, ...all }: KpiReport): Html => html`
  <div class="scroll" role="region" aria-label="${kpi.title} by region and unit" tabindex="0">
    <table>
      <caption>
        ${kpi.title} by region and unit
      </caption>
      <thead>
        <tr>
          <th scope="col">Region, unit</th>
          ${partsOf(kpi).map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}
          <th scope="col" class="number">This week</th>
          <th scope="col" class="number">Week before</th>
          <th scope="col" class="number">Year ago</th>
          <th scope="col">Trend</th>
        </tr>
      </thead>
      ${regions.map(
        (region) =>
          html`<tbody>
            <tr class="region">
              <th scope="row">${region.name}</th>
              ${showCells(region, kpi)}
              <td>${drawSpark(toPoints(kpi, region.trend))}</td>
            </tr>
            ${region.units
              .filter(({ name }) => name !== region.name)
              .map(
                (unit) =>
                  html`<tr>
                    <th scope="row" class="unit">${unit.name}</th>
                    ${showCells(unit, kpi)}
                    <td></td>
                  </tr>`,
              )}
          </tbody>`,
      )}
      <tfoot>
        <tr>
          <th scope="row">All</th>
          ${showCells(all, kpi)}
          <td></td>
        </tr>
      </tfoot>
    </table>
  </div>
`;

const showWeeks = ({ kpi, trend }: KpiReport): Html => html`
  <div class="scroll" role="region" aria-label="${kpi.title} week by week" tabindex="0">
    <table>
      <caption>
        ${kpi.title} week by week, the latest first
      </caption>
      <thead>
        <tr>
          <th scope="col">Week</th>
          ${partsOf(kpi).map(({ title }) => html`<th scope="col" class="number">${title}</th>`)}
          <th scope="col" class="number">${kpi.title}</th>
        </tr>
      </thead>
      <tbody>
        ${[...trend].reverse().map(
          (number) =>
            html`<tr>
              <th scope="row">${weekOf(number.week)}</th>
              ${number.parts.map(
                (part, index) =>
                  html`<td class="number">
                    ${formatValue(part, partsOf(kpi)[index]?.unit ?? 'count', 'exact')}
                  </td>`,
              )}
              <td class="number">${exact(number, kpi)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>
`;

/** The week's number, or why there is none. */
const showNumber = ({ kpi, now, latest }: KpiReport): Html => html`
  <p class="value">${formatValue(now.amount, kpi.unit, 'short')}</p>
  ${now.why !== null && html`<p class="note">No number: ${now.why}.</p>`}
  ${
    latest !== null &&
    now.amount === null &&
    html`<p class="note">
      Latest: <strong>${formatValue(latest.number.amount, kpi.unit, 'exact')}</strong> on
      ${formatDate(latest.date)}.
    </p>`
  }
`;

const isComparable = ({ now, before, yearAgo }: Compared): boolean =>
  [now, before, yearAgo].some(({ amount }) => amount !== null);

/** One KPI: its number, how it compares, its trend, and the tables behind it. */
export const showKpi = (report: KpiReport): Html => {
  const { kpi } = report;
  return html`
    <article class="card" aria-labelledby="${kpi.name}">
      <h3 id="${kpi.name}">${kpi.title}</h3>
      ${showNumber(report)}
      ${
        isComparable(report) &&
        html`<ul class="changes">
          ${showChange(report, report.before, kpi, 'week before')}
          ${showChange(report, report.yearAgo, kpi, 'year ago')}
        </ul>`
      }
      <div class="trend">${showTrend(report)}</div>
      <details>
        <summary>By region and unit<span class="hidden">: ${kpi.title}</span></summary>
        ${showPlaces(report)}
      </details>
      <details>
        <summary>Week by week<span class="hidden">: ${kpi.title}</span></summary>
        ${showWeeks(report)}
      </details>
    </article>
  `;
};
