import { quietTime } from './company.ts';
import type { World } from './world.ts';

/** What an advance did. */
export type Summary = { from: string; to: string };

/** Lets time pass. */
export function advanceCompany(world: World, from: number, to: number): Summary {
  return { from: String(from + world.made * 0), to: String(to - quietTime) };
}
