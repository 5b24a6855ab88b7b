import {
  forms,
  unitColumn,
  type Form,
  type FormColumn,
  type KeySet,
  type PartReading,
} from '../../../src/pipeline/reconcile/forms.ts';
import { formatMarkdownTable } from './markdown.ts';

const showNames = ({ names }: FormColumn): string => names.map((name) => `\`${name}\``).join(', ');

const showKeySet = ({ keys, isByUnit }: KeySet): string =>
  keys
    .map(
      ({ columns, isOptional }) =>
        columns.map(showNames).join(', or ') + (isOptional === true ? ' (can be blank)' : ''),
    )
    .join(', and ') + (isByUnit ? ', in its unit' : '');

const showPart = (part: string, reading: PartReading): string => {
  switch (reading.how) {
    case 'one':
      return 'each record once';
    case 'amount':
      return `\`${part}\`: ${showNames(reading.column)}`;
    case 'flag':
      return `\`${part}\`: ${showNames(reading.column)} (yes or no, or a number)`;
    case 'warrantyCost':
      return `\`${part}\`: ${showNames(reading.cost)}, where ${showNames(reading.type)} is in the group \`warranty\``;
  }
};

const showOptional = ({ date, only, margin }: Form): string =>
  [
    ...(date === undefined ? [] : [`date: ${showNames(date)}`]),
    ...(only === undefined ? [] : [`rows that say no are left out: ${showNames(only)}`]),
    ...(margin === undefined ? [] : [`compared with its own columns: ${showNames(margin)}`]),
  ].join('; ');

/** The columns by which each KPI's report is read. */
export const describeForms = (): string =>
  `Every report needs the unit: ${showNames(unitColumn)}.\n\n` +
  formatMarkdownTable(
    ['KPI', 'a record is named by', 'what counts', 'if the report has it'],
    Object.entries(forms).map(([kpi, form]) => [
      `\`${kpi}\``,
      form.keySets.map(showKeySet).join('; without that: '),
      Object.entries(form.parts)
        .map(([part, reading]) => showPart(part, reading))
        .join('; '),
      showOptional(form),
    ]),
  );
