import { tokenize } from '../sql/tokens.ts';
import type { World } from '../world.ts';
import type { JobRequest } from './configuration.ts';

/** The location of the first dataset that the text names. */
const locationOfText = (world: World, text: string): string | undefined => {
  let tokens;
  try {
    tokens = tokenize(text);
  } catch {
    return undefined;
  }
  for (const token of tokens) {
    const parts = token.kind === 'word' || token.kind === 'quoted' ? token.value.split('.') : [];
    for (const part of parts) {
      const dataset = world.catalog.datasets.get(part);
      if (dataset !== undefined) return dataset.location;
    }
  }
  return undefined;
};

/** Where a job runs: where it says, else where its data is, else in the US. */
export const findLocation = (world: World, { configuration, jobReference }: JobRequest): string => {
  if (jobReference?.location !== undefined) return jobReference.location;
  const { query, load, copy } = configuration;
  const datasetId = (load ?? copy)?.destinationTable.datasetId ?? query?.defaultDataset?.datasetId;
  const dataset = world.catalog.datasets.get(datasetId ?? '');
  const text = query === undefined ? undefined : locationOfText(world, query.query);
  return dataset?.location ?? text ?? 'US';
};
