import { parseEnv } from 'node:util';
import { ConfigError } from '../errors.ts';

/** A value as it stands in the file: in quotes where it would be read otherwise without. */
const quote = (name: string, value: string): string => {
  const forms = [value, `'${value}'`, `"${value}"`, `\`${value}\``];
  const right = forms.find((form) => parseEnv(`${name}=${form}`)[name] === value);
  if (right !== undefined) return right;
  throw new ConfigError(
    `Cannot write ${name}: it holds every kind of quotes, or a line's end, so that no file can hold it; ` +
      'set it in the environment',
  );
};

/**
 * Fills values into the lines of a commented example, `NAME=` or `# NAME=default`; other lines stay as they are.
 * @throws ConfigError for a value that such a file cannot hold; the message does not show it.
 */
export const formatEnv = (example: string, values: ReadonlyMap<string, string>): string =>
  example
    .split('\n')
    .map((line) => {
      const [, name = ''] = /^(?:# )?([A-Z_0-9]+)=/.exec(line) ?? [];
      const value = values.get(name);
      return value === undefined ? line : `${name}=${quote(name, value)}`;
    })
    .join('\n');
