import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Amount } from '../pipeline/kpis/amounts.ts';
import type { Kpi } from '../pipeline/kpis/kpis.ts';
import { trusted, type Html } from './html.ts';

/** A week's number, and its words for who points at it. */
export type Point = { week: string; amount: Amount; title: string };

/** Pixels; a card is about as wide on a phone as on a screen, so that a drawing is never scaled much. */
const size = { width: 320, height: 140, marginTop: 12, marginRight: 14, marginBottom: 34 } as const;
const sparkSize = { width: 96, height: 24, margin: 3 } as const;

const tickFormats: Readonly<Record<Kpi['unit'], string>> = {
  count: ',d',
  money: '$~s',
  percent: '.0f',
};

/** A place on the paper needs no exact number. */
const toDots = (points: readonly Point[]) =>
  points.map(({ week, amount, title }) => ({
    ...{ date: new Date(week), title },
    value: amount === null ? Number.NaN : Number(amount),
  }));

type Dot = ReturnType<typeof toDots>[number];

/** A dot where a line cannot go: its neighbours are missing. */
const isAlone = (dots: readonly Dot[]): Dot[] =>
  dots.filter(
    ({ value }, index) =>
      !Number.isNaN(value) &&
      Number.isNaN(dots[index - 1]?.value ?? Number.NaN) &&
      Number.isNaN(dots[index + 1]?.value ?? Number.NaN),
  );

const lastOf = (dots: readonly Dot[]): Dot[] =>
  dots.filter(({ value }) => !Number.isNaN(value)).slice(-1);

const line = { x: 'date', y: 'value', stroke: 'var(--line)', strokeWidth: 2 };
const dot = { x: 'date', y: 'value', fill: 'var(--line)' };

/** Its types are of browsers, which this project does not know. */
const parse = parseHTML as unknown as (markup: string) => { document: unknown };

/** The library's drawing as text, without the style sheet that it brings: the page has its own. */
const toMarkup = (options: Plot.PlotOptions): string => {
  const { document } = parse('<!doctype html><html><body></body></html>');
  const drawing = Plot.plot({ ...options, document: document as never }) as unknown as {
    outerHTML: string;
  };
  return drawing.outerHTML.replace(/<style>[^]*?<\/style>/, '');
};

/** Names of parts inside a drawing say nothing to who cannot see it: only the whole has one. */
const named = (markup: string, attributes: string): Html =>
  trusted(
    markup
      .replace(/<(?!svg)([a-z]+)([^>]*?) aria-label="[^"]*"/g, '<$1$2')
      .replace(/^<svg /, `<svg ${attributes} focusable="false" `),
  );

/**
 * A KPI week by week as a line; weeks without a number are gaps.
 * @param label What it shows, for who does not see it.
 */
export const drawTrend = (points: readonly Point[], unit: Kpi['unit'], label: string): Html => {
  const dots = toDots(points);
  const values = dots.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  const markup = toMarkup({
    ...size,
    marginLeft: 46,
    ariaLabel: label,
    x: { type: 'utc', label: null, ticks: 4, tickSize: 0 },
    y: {
      label: null,
      ticks: 3,
      tickSize: 0,
      tickFormat: tickFormats[unit],
      domain: [Math.min(0, ...values), Math.max(unit === 'count' ? 3 : 1, ...values)],
      nice: true,
    },
    marks: [
      Plot.gridY({ ticks: 3, stroke: 'var(--rule)', strokeOpacity: 1 }),
      Plot.ruleY([0], { stroke: 'var(--axis)' }),
      Plot.areaY(dots, { x: 'date', y: 'value', fill: 'var(--line)', fillOpacity: 0.1 }),
      Plot.lineY(dots, line),
      Plot.dot([...isAlone(dots), ...lastOf(dots)], { ...dot, r: 3 }),
      Plot.dot(dots, { x: 'date', y: 'value', r: 6, fill: 'transparent', title: 'title' }),
    ],
  });
  return named(markup, 'role="img"');
};

/** The same as a small line without words, beside numbers that say it. */
export const drawSpark = (points: readonly Point[]): Html => {
  const dots = toDots(points);
  const markup = toMarkup({
    ...sparkSize,
    axis: null,
    marks: [
      Plot.lineY(dots, { ...line, strokeWidth: 1.5 }),
      Plot.dot(lastOf(dots), { ...dot, r: 2 }),
    ],
  });
  return named(markup, 'aria-hidden="true"');
};
