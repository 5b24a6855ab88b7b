import { ConfigError } from '../errors.ts';
import { nearestName } from './select-entities.ts';

/** What can be named, and how to speak of it. */
export type Names = {
  known: readonly string[];
  /** `show unit` */
  action: string;
  /** `unit` */
  what: string;
  /** Advice for a name that is none, where there is better than the nearest one. */
  advise?: (typed: string) => string | undefined;
};

const fold = (name: string): string => name.trim().toLowerCase();

const explainUnknown = (typed: string, { known, action, what, advise }: Names): ConfigError => {
  const nearest = nearestName(typed.trim(), known);
  const meant = nearest === undefined ? undefined : `did you mean ${nearest}?`;
  const hint = [advise?.(fold(typed)) ?? meant].filter((one) => one !== undefined);
  const state = `Cannot ${action} ${JSON.stringify(typed.trim())}: there is no such ${what}`;
  return new ConfigError(
    `${[state, ...hint].join('; ')}\nKnown: ${known.length === 0 ? 'none yet' : known.join(', ')}`,
  );
};

/**
 * The known name that was typed; case and blanks around it do not matter.
 * @throws ConfigError with the nearest name and all of them.
 */
export const selectName = (typed: string, names: Names): string => {
  const found = names.known.find((name) => fold(name) === fold(typed));
  if (found === undefined) throw explainUnknown(typed, names);
  return found;
};

/** The longest run of parts from the first on that is a name, with the number of parts. */
const readFirst = (parts: readonly string[], names: Names): { name: string; size: number } => {
  for (let size = parts.length; size > 0; size -= 1) {
    const text = parts.slice(0, size).join(',');
    const name = names.known.find((one) => fold(one) === fold(text));
    if (name !== undefined) return { name, size };
  }
  throw explainUnknown(parts[0] ?? '', names);
};

/**
 * The known names in a list that commas separate. A name may hold commas itself.
 * @throws ConfigError for the first that is not known.
 */
export const selectNames = (typed: readonly string[], names: Names): string[] => {
  const selected = new Set<string>();
  for (const list of typed) {
    let rest = list.split(',');
    while (rest.length > 0) {
      const { name, size } = readFirst(rest, names);
      selected.add(name);
      rest = rest.slice(size);
    }
  }
  return [...selected];
};
