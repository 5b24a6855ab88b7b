/** The page's only style sheet: light, dark, paper, and small screens. Text has a contrast of 4.5 or more on its ground. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #f6f5f2; --card: #ffffff; --text: #1c2329; --soft: #56616b; --rule: #e3e1dc; --axis: #a9a69f;
  --line: #0b6e6e; --good: #1d6b3c; --look: #8a5300; --bad: #a8201a; --focus: #0b5cd6;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14181b; --card: #1d2327; --text: #e9ecee; --soft: #a7b1b9; --rule: #343c42; --axis: #6d7780;
    --line: #5fc7c1; --good: #7fd6a0; --look: #f0bd6a; --bad: #ff9a92; --focus: #8ab8ff;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--text); line-height: 1.45;
  font: 1rem/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
main, header, footer { max-width: 78rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.75rem; }
h1 { margin: 0; text-wrap: balance; font-size: 1.65rem; font-weight: 650; letter-spacing: -0.01em; }
h2 { margin: 0 0 0.75rem; font-size: 1.15rem; font-weight: 650; }
h3 { margin: 0; font-size: 0.95rem; font-weight: 600; color: var(--soft); overflow-wrap: anywhere; }
p { margin: 0; }
a { color: var(--line); }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.lead, .note, .against, footer { color: var(--soft); }
.lead { margin-top: 0.15rem; }
nav { margin-top: 0.6rem; display: flex; flex-wrap: wrap; gap: 0.25rem 1.1rem; }
nav a { padding: 0.35rem 0; }
section { margin-top: 2rem; }
.status, .card, .sheet { background: var(--card); border: 1px solid var(--rule); border-radius: 14px; padding: 1rem; }
.status { margin-top: 1.25rem; }
.sheet { margin-top: 1rem; }
.marks { list-style: none; margin: 0 0 0.5rem; padding: 0; display: grid; gap: 0.4rem; }
.mark { display: flex; gap: 0.6rem; align-items: baseline; }
.sign { flex: none; width: 1.35rem; height: 1.35rem; line-height: 1.35rem; text-align: center; border-radius: 50%; font-size: 0.8rem; font-weight: 700; border: 1.5px solid; }
.good .sign { color: var(--good); } .look .sign { color: var(--look); } .bad .sign { color: var(--bad); }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17.5rem), 1fr)); align-items: start; }
.card { min-width: 0; }
.card:has(details[open]) { grid-column: 1 / -1; }
.value { font-size: 2.1rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.note { font-size: 0.875rem; margin: 0.15rem 0; }
.changes { list-style: none; margin: 0.35rem 0 0.5rem; padding: 0; font-size: 0.9rem; display: grid; gap: 0.1rem; }
.arrow { display: inline-block; min-width: 1.1em; font-size: 0.8em; }
.against { font-size: 0.875rem; }
.changes .against { margin-left: 0.35rem; white-space: nowrap; }
.trend svg { display: block; width: 100%; max-width: 30rem; height: auto; font-size: 11px; }
.trend svg text { fill: var(--soft); }
details { border-top: 1px solid var(--rule); margin-top: 0.5rem; }
details + details { margin-top: 0; }
summary { cursor: pointer; padding: 0.6rem 0; font-size: 0.9rem; color: var(--line); font-weight: 550; }
.scroll { overflow-x: auto; max-width: 100%; }
.scroll + .scroll { margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
caption { text-align: left; color: var(--soft); padding: 0 0 0.4rem; }
th, td { padding: 0.4rem 0.75rem 0.4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); white-space: nowrap; }
th { font-weight: 550; }
thead th { color: var(--soft); vertical-align: bottom; white-space: normal; min-width: 5.5rem; }
tbody th { min-width: 8.25rem; max-width: 16rem; white-space: normal; overflow-wrap: anywhere; }
td.prose { white-space: normal; min-width: 16rem; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
th:last-child, td:last-child { padding-right: 0; }
tbody th, tfoot th, thead th:first-child { position: sticky; left: 0; background: var(--card); }
tbody th.unit { padding-left: 1rem; font-weight: 400; color: var(--soft); }
.region th, .strong, tfoot th { font-weight: 650; }
td .against { display: block; }
tfoot th, tfoot td { border-bottom: 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { padding-block: 2rem 3rem; font-size: 0.875rem; }
@media (max-width: 30rem) { main, header, footer { padding-inline: 0.75rem; } .value { font-size: 1.9rem; } }
@media print {
  :root { --ground: #ffffff; --card: #ffffff; --text: #000000; --soft: #444444; --rule: #cccccc; --axis: #888888; --line: #0b6e6e; --good: #1d6b3c; --look: #8a5300; --bad: #a8201a; }
  @page { margin: 14mm; }
  body { font-size: 10pt; }
  nav, details:not([open]) { display: none; }
  .cards { grid-template-columns: 1fr 1fr; }
  .card, .status, .sheet, tr { break-inside: avoid; }
  .card:has(details[open]), .status:has(details[open]) { break-inside: auto; }
  h2, summary, caption { break-after: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 8pt; }
  td .against { white-space: normal; font-size: 7.5pt; }
  tfoot { display: table-row-group; }
  tbody th, thead th { min-width: 0; }
  tbody th, tfoot th, thead th:first-child { position: static; }
  section { margin-top: 1.25rem; }
}
`;
