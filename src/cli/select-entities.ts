import leven from 'leven';
import { ConfigError } from '../errors.ts';
import type { Entity } from '../model.ts';

/** The known name nearest to what was typed, if it is near enough to be meant: by two letters, or a third of them. */
export const nearestName = (typed: string, known: readonly string[]): string | undefined => {
  const [nearest] = known
    .map((name) => ({ name, distance: leven(typed.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const farthest = Math.max(2, Math.floor(typed.length / 3));
  return nearest !== undefined && nearest.distance <= farthest ? nearest.name : undefined;
};

const explainUnknown = (typed: string, known: readonly string[]): ConfigError => {
  const nearest = nearestName(typed, known);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return new ConfigError(
    `Cannot read entity ${JSON.stringify(typed)}: there is no such entity${hint}\n` +
      `Entities: ${known.join(', ')}`,
  );
};

/**
 * The entities named on the command line (`jobs,invoices`; several times allowed), in the source's order.
 * @throws ConfigError for a name that is not known, with the nearest one.
 */
export const selectEntities = (
  named: readonly string[],
  entities: readonly Entity[],
): readonly Entity[] => {
  const known = entities.map(({ name }) => name);
  const wanted = named.flatMap((list) => list.split(',')).map((name) => name.trim());
  for (const name of wanted) {
    if (!known.includes(name)) throw explainUnknown(name, known);
  }
  return entities.filter(({ name }) => wanted.includes(name));
};
