import { refuseParameter } from '../problem.ts';
import { day, localDayText, parseInstant } from '../ticks.ts';
import type { Period } from './report.ts';

/** The parameters of every report, as the API describes them. */
export const parameters = [
  {
    name: 'From',
    label: 'From',
    dataType: 'Date',
    isArray: false,
    isRequired: true,
    acceptValues: null,
  },
  {
    name: 'To',
    label: 'To',
    dataType: 'Date',
    isArray: false,
    isRequired: true,
    acceptValues: null,
  },
  {
    name: 'BusinessUnitIds',
    label: 'Business Unit',
    dataType: 'Number',
    isArray: true,
    isRequired: false,
    acceptValues: {
      fields: [
        { name: 'Value', label: 'Value' },
        { name: 'Name', label: 'Name' },
      ],
      dynamicSetId: 'business-units',
      values: null,
    },
  },
] as const;

type Given = Map<string, unknown>;

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function readGiven(body: string): Given {
  const list = (Object(parseBody(body)) as Record<string, unknown>).parameters;
  if (!Array.isArray(list)) return refuseParameter('parameters', 'The field is required.');
  const given: Given = new Map();
  for (const item of list as unknown[]) {
    const { name, value } = Object(item) as Record<string, unknown>;
    const known = parameters.find((parameter) => parameter.name === name);
    if (known === undefined) {
      return refuseParameter(
        typeof name === 'string' ? name : 'parameters',
        'The report has no such parameter.',
      );
    }
    if (value !== null && value !== undefined) given.set(known.name, value);
  }
  return given;
}

function readDay(given: Given, name: 'From' | 'To'): number {
  const value = given.get(name);
  if (value === undefined) return refuseParameter(name, 'The parameter is required.');
  const text = typeof value === 'string' ? value : '';
  // A date as it is written, whatever time of day comes with it.
  const date = text.slice(0, 10);
  const ticks = parseInstant(text) === undefined ? undefined : parseInstant(date);
  if (ticks === undefined || !localDayText(ticks / day).startsWith(date)) {
    return refuseParameter(name, 'The value is not a valid date.');
  }
  return ticks / day;
}

function readUnits(given: Given): Period['unitIds'] {
  const value = given.get('BusinessUnitIds');
  if (value === undefined) return null;
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  if (ids.length === 0) return null;
  const numbers = ids.map((id) => (typeof id === 'number' && Number.isInteger(id) ? id : NaN));
  if (numbers.some(Number.isNaN)) {
    return refuseParameter('BusinessUnitIds', 'The values must be whole numbers.');
  }
  return new Set(numbers);
}

/** What the body of a run asks for. @throws ProblemError 400 for anything the report does not take. */
export function readPeriod(body: string): Period {
  const given = readGiven(body);
  return { from: readDay(given, 'From'), to: readDay(given, 'To'), unitIds: readUnits(given) };
}
