import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the memory in which V8 makes new objects as large as it is now (it begins with 2 MB), from here on and in the
 * whole process. By itself V8 lets it grow to 48 MB under a load that makes many objects, and gives none of it back.
 *
 * To be called when the program starts, and again by each thread when it starts: with a thread V8 sets the factor back,
 * so that it may grow once until then. The largest size (`--max-semi-space-size`) would say the same, but is read only
 * before a program starts.
 */
export const limitNursery = (): void => {
  setFlagsFromString('--semi-space-growth-factor=1');
};
