import vm from 'node:vm';

/** What Node's own functions give back and take is an instance of its own, not of a context's. */
const ofNode = ['Buffer', 'ArrayBuffer', 'Uint8Array'];

/** A property as it is, or one that is asked for at its first use and is a plain one from then on. */
const lazily = (global, inner, name, descriptor) => {
  if (descriptor.get === undefined) return descriptor;
  const { enumerable } = descriptor;
  const set = (value) =>
    Object.defineProperty(global, name, { value, enumerable, configurable: true, writable: true });
  return {
    configurable: true,
    enumerable,
    set,
    get: () => {
      set(inner[name]);
      return global[name];
    },
  };
};

/**
 * A context with all that another one's global has. Node answers each use of a global in a context that vm makes by a
 * call into C++, and jest's by one into a Proxy too: a third of the time that the sandbox took to make a company. In
 * this one they cost what they cost outside of any.
 */
export const openContext = (inner) => {
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY);
  const global = vm.runInContext('globalThis', context);
  for (const name of Reflect.ownKeys(inner)) {
    if (Object.hasOwn(global, name)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(inner, name);
    Object.defineProperty(global, name, lazily(global, inner, name, descriptor));
  }
  for (const name of ofNode) global[name] = globalThis[name];
  for (const name of ['asyncDispose', 'dispose']) {
    if (name in global.Symbol) continue;
    Object.defineProperty(global.Symbol, name, { value: Symbol[name] });
  }
  global.Error.stackTraceLimit = inner.Error.stackTraceLimit;
  global.global = global;
  return { context, global };
};
