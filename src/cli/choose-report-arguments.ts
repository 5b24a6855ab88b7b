import { ConfigError } from '../errors.ts';
import type { Json } from '../model.ts';
import type { ReportArgument, ReportParameter } from '../sources/servicetitan/reports/report.ts';
import { nearestName } from './select-entities.ts';

type Asked = {
  /** What messages call the report. */
  title: string;
  parameters: readonly ReportParameter[];
  /** As typed: `NAME=VALUE`. */
  params: readonly string[];
  /** Local dates for From and To, where nothing else is given. */
  first: string;
  last: string;
};

/** @throws ConfigError where there is no name before an equals sign. */
const split = (param: string): { name: string; value: string } => {
  const [, name, value] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(param) ?? [];
  if (name === undefined || value === undefined) {
    throw new ConfigError(
      `Cannot use --param ${param}: it is no parameter; write NAME=VALUE, as BusinessUnitIds=301,302`,
    );
  }
  return { name, value: value.trim() };
};

const isCalled =
  (name: string) =>
  (parameter: ReportParameter): boolean =>
    parameter.name.toLowerCase() === name.toLowerCase();

const findParameter = ({ title, parameters }: Asked, name: string): ReportParameter => {
  const found = parameters.find(isCalled(name));
  if (found !== undefined) return found;
  const known = parameters.map((parameter) => parameter.name);
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  throw new ConfigError(
    `Cannot use --param ${name}: ${title} has no such parameter${hint}\nParameters: ${known.join(', ')}`,
  );
};

const readValue = ({ name, dataType }: ReportParameter, text: string): Json => {
  const refuse = (right: string): never => {
    throw new ConfigError(`Cannot use --param ${name}=${text}: it is no ${right}`);
  };
  if (dataType === 'Number') {
    const number = Number(text);
    const isExact = /^-?\d+(\.\d+)?$/.test(text) && Math.abs(number) <= Number.MAX_SAFE_INTEGER;
    return isExact ? number : refuse('number; write it as 301');
  }
  if (dataType === 'Boolean') {
    if (/^(true|yes)$/i.test(text)) return true;
    return /^(false|no)$/i.test(text) ? false : refuse('yes or no; write true or false');
  }
  if (dataType === 'Date' && !/^\d{4}-\d\d-\d\d/.test(text)) {
    return refuse('date; write it as 2024-03-01');
  }
  return text;
};

const toArgument = (parameter: ReportParameter, text: string): ReportArgument => ({
  name: parameter.name,
  value: parameter.isArray
    ? text.split(',').map((one) => readValue(parameter, one.trim()))
    : readValue(parameter, text),
});

/** Parameters with these names take the period of the command line. */
const periodOf = ({ first, last, parameters }: Asked): ReportArgument[] =>
  Object.entries({ from: first, to: last }).flatMap(([name, value]) =>
    parameters.filter(isCalled(name)).map((parameter) => toArgument(parameter, value)),
  );

const assertComplete = ({ title, parameters }: Asked, given: readonly ReportArgument[]): void => {
  const missing = parameters
    .filter(({ isRequired }) => isRequired)
    .filter(({ name }) => !given.some((one) => one.name === name))
    .map(({ name, label }) => (label === '' || label === name ? name : `${name} (${label})`));
  if (missing.length === 0) return;
  throw new ConfigError(
    `Cannot run ${title}: it asks for ${missing.join(', ')}; add --param NAME=VALUE for each`,
  );
};

/**
 * The arguments of a run, from what was typed and what the report takes.
 * @throws ConfigError for a parameter that the report does not have, cannot read, or asks for in vain.
 */
export const chooseArguments = (asked: Asked): ReportArgument[] => {
  const typed = asked.params.map((param) => {
    const { name, value } = split(param);
    return toArgument(findParameter(asked, name), value);
  });
  const twin = typed.find(({ name }, index) => typed.findIndex((one) => one.name === name) < index);
  if (twin !== undefined) {
    throw new ConfigError(
      `Cannot use --param ${twin.name} twice; give a list of values separated by commas`,
    );
  }
  const period = periodOf(asked).filter(({ name }) => !typed.some((one) => one.name === name));
  const given = [...period, ...typed];
  assertComplete(asked, given);
  return given;
};
