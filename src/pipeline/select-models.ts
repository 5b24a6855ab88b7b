import { ConfigError } from '../errors.ts';
import type { Model } from './read-models.ts';

/** `st_mart.daily_kpis` is also called `daily_kpis`. */
export const shortName = (model: string): string => model.slice(model.indexOf('.') + 1);

/** The models that one of them needs, and itself, in the order given. */
const withSources = (models: readonly Model[], wanted: Model): Model[] => {
  const needed = new Set([wanted.name]);
  for (const name of needed) {
    const sources = models.find((model) => model.name === name)?.sources ?? [];
    for (const source of sources) needed.add(source);
  }
  return models.filter(({ name }) => needed.has(name));
};

/**
 * One model and everything it needs, in the order given.
 * @param name `st_mart.daily_kpis` or `daily_kpis`.
 * @throws ConfigError when there is no such model.
 */
export const selectModels = (models: readonly Model[], name: string): Model[] => {
  const wanted = models.find((model) => model.name === name || shortName(model.name) === name);
  if (wanted !== undefined) return withSources(models, wanted);
  const known = models.map((model) => model.name).join(', ');
  throw new ConfigError(
    `Cannot build ${JSON.stringify(name)}: there is no such model\nModels: ${known}`,
  );
};
