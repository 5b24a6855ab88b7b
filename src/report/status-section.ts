import type { CheckReport } from '../pipeline/check.ts';
import type { EntityProgress } from '../pipeline/progress.ts';
import { dash, formatInstant } from './format-value.ts';
import { html, type Html } from './html.ts';
import type { Status } from './report.ts';

/** Beyond this an entity is late, as in the check `entities_fresh`. */
const lateHours = 36;

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

const isLate = ({ lagHours }: EntityProgress): boolean => lagHours === null || lagHours > lateHours;

type Mark = { sign: '✓' | '!' | '✕'; tone: 'good' | 'look' | 'bad'; words: string };

const markOfChecks = (checks: Status['checks']): Mark => {
  if ('failure' in checks) return { sign: '!', tone: 'look', words: 'The checks could not run' };
  const of = (status: string) => checks.checks.filter((one) => one.status === status).length;
  const [red, yellow, green] = [of('red'), of('yellow'), of('green')];
  const words = `${green} of ${plural(checks.checks.length, 'check')} green`;
  if (red > 0) return { sign: '✕', tone: 'bad', words: `${red} red, ${yellow} yellow; ${words}` };
  if (yellow > 0) return { sign: '!', tone: 'look', words: `${yellow} yellow; ${words}` };
  return { sign: '✓', tone: 'good', words: `All ${plural(checks.checks.length, 'check')} green` };
};

const markOfSource = ({ source, entities }: Status): Mark => {
  if (source.readAt === null) return { sign: '✕', tone: 'bad', words: 'Nothing was ever read' };
  const late = entities.filter(isLate).length;
  const words = `Read from ServiceTitan ${formatInstant(source.readAt)}`;
  return late === 0
    ? { sign: '✓', tone: 'good', words }
    : {
        sign: '!',
        tone: 'look',
        words: `${words}; ${late} of ${entities.length} kinds of records late`,
      };
};

const markOfBuild = ({ source }: Status): Mark => {
  if (source.builtAt === null) return { sign: '✕', tone: 'bad', words: 'Never built' };
  const words = `Numbers built ${formatInstant(source.builtAt)}`;
  return source.loadsSince === 0
    ? { sign: '✓', tone: 'good', words }
    : {
        ...{ sign: '!', tone: 'look' },
        words: `${words}; ${plural(source.loadsSince, 'load')} since are not in them`,
      };
};

const showMark = ({ sign, tone, words }: Mark): Html =>
  html`<li class="mark ${tone}"><span class="sign" aria-hidden="true">${sign}</span> ${words}</li>`;

const statusWords = { green: '✓ green', yellow: '! yellow', red: '✕ red' } as const;
const order = ['red', 'yellow', 'green'];

const showChecks = ({ checks, apart }: CheckReport): Html => html`
  <div class="scroll" role="region" aria-label="Checks" tabindex="0">
    <table>
      <caption>
        Checks of the published tables
      </caption>
      <thead>
        <tr>
          <th scope="col">Check</th>
          <th scope="col">Result</th>
          <th scope="col" class="number">Wrong rows</th>
          <th scope="col">What should hold</th>
        </tr>
      </thead>
      <tbody>
        ${[...checks]
          .sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
          .map(
            (one) =>
              html`<tr>
                <th scope="row">${one.name.replaceAll('_', ' ')}</th>
                <td>${statusWords[one.status]}</td>
                <td class="number">${one.wrongRows}</td>
                <td class="prose">${one.description}</td>
              </tr>`,
          )}
      </tbody>
    </table>
  </div>
  ${
    apart.length > 0 &&
    html`<p class="note">
      Not run, for the tables they compare are of different builds: ${apart.join(', ')}.
    </p>`
  }
`;

const showEntities = (entities: readonly EntityProgress[]): Html => html`
  <div class="scroll" role="region" aria-label="Records read" tabindex="0">
    <table>
      <caption>
        Records read from ServiceTitan
      </caption>
      <thead>
        <tr>
          <th scope="col">Records</th>
          <th scope="col" class="number">Stored</th>
          <th scope="col">Last read</th>
          <th scope="col">Outcome</th>
          <th scope="col">Late?</th>
        </tr>
      </thead>
      <tbody>
        ${entities.map(
          (one) =>
            html`<tr>
              <th scope="row">${one.entity}</th>
              <td class="number">${one.rowsStored.toLocaleString('en-US')}</td>
              <td>${one.lastRun === null ? dash : formatInstant(one.lastRun)}</td>
              <td>${one.lastOutcome ?? 'never read'}</td>
              <td>${isLate(one) ? '! late' : 'no'}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>
`;

/** Whether the numbers below are complete: how fresh they are, and what the checks found. */
export const showStatus = (status: Status): Html => html`
  <section class="status" aria-labelledby="status">
    <h2 id="status">Can I trust these numbers?</h2>
    <ul class="marks">
      ${[markOfSource(status), markOfBuild(status), markOfChecks(status.checks)].map(showMark)}
    </ul>
    <details>
      <summary>Checks and records in detail</summary>
      ${
        'failure' in status.checks
          ? html`<p class="note">${status.checks.failure}</p>`
          : showChecks(status.checks)
      }
      ${showEntities(status.entities)}
    </details>
  </section>
`;
