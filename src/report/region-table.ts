import type { UnitKind } from '../pipeline/kpis/kpis.ts';
import { describeChange, formatValue } from './format-value.ts';
import { html, type Html } from './html.ts';
import type { Compared, KpiReport } from './report.ts';

const showCell = (numbers: Compared | undefined, { kpi }: KpiReport): Html => {
  if (numbers === undefined) return html`<td class="number">–</td>`;
  const { arrow, words } = describeChange(numbers.now.amount, numbers.before.amount, kpi.unit);
  return html`<td class="number">
    <span class="strong">${formatValue(numbers.now.amount, kpi.unit, 'short')}</span>
    ${
      arrow !== '' &&
      html`<span class="against"><span aria-hidden="true">${arrow}</span> ${words}</span>`
    }
  </td>`;
};

/** The regions of one kind of units, a column for each of their KPIs; changes are against the week before. */
export const showRegions = (
  kind: UnitKind,
  title: string,
  reports: readonly KpiReport[],
): Html | null => {
  const shown = reports.filter(({ kpi }) => kpi.kinds.length === 1 && kpi.kinds[0] === kind);
  const names = [...new Set(shown.flatMap(({ regions }) => regions.map(({ name }) => name)))];
  if (names.length === 0) return null;
  return html`
    <div class="scroll" role="region" aria-label="${title} by region" tabindex="0">
      <table>
        <caption>
          ${title} by region; changes are against the week before
        </caption>
        <thead>
          <tr>
            <th scope="col">Region</th>
            ${shown.map(({ kpi }) => html`<th scope="col" class="number">${kpi.title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${names.map(
            (name) =>
              html`<tr>
                <th scope="row">${name}</th>
                ${shown.map((report) =>
                  showCell(
                    report.regions.find((region) => region.name === name),
                    report,
                  ),
                )}
              </tr>`,
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">All</th>
            ${shown.map((report) => showCell(report, report))}
          </tr>
        </tfoot>
      </table>
    </div>
  `;
};
