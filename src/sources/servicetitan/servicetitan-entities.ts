import type { Entity } from '../../model.ts';
import { entities } from './entities/index.ts';
import { toEntity } from './to-entity.ts';

/**
 * Every entity, known without credentials, in the order a backfill takes them. It stands by itself for the commands that
 * ask the source nothing: they need not load what talks to it.
 */
export const servicetitanEntities: readonly Entity[] = entities.map(toEntity);
