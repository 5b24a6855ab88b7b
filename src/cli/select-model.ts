import { ConfigError } from '../errors.ts';
import type { Model } from '../pipeline/read-models.ts';
import { modelNames } from '../pipeline/select-models.ts';
import { nearestName } from './select-entities.ts';

/**
 * The model named on the command line, `st_mart.daily_kpis` or `daily_kpis`.
 * @throws ConfigError for a name that is not known, with the nearest one.
 */
export const selectModel = (typed: string, models: readonly Model[]): string => {
  const known = modelNames(models);
  if (known.includes(typed)) return typed;
  const nearest = nearestName(typed, known);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  const names = models.map(({ name }) => name).join(', ');
  throw new ConfigError(
    `Cannot build ${JSON.stringify(typed)}: there is no such model${hint}\nModels: ${names}`,
  );
};
