/** What is used of WebAssembly, which Node's types leave to those of browsers. */
declare namespace WebAssembly {
  type Module = object;
  const Module: new (bytes: Uint8Array) => Module;
  type Instance = { readonly exports: unknown };
  const Instance: new (module: Module, imports: Readonly<Record<string, object>>) => Instance;
  type Memory = { readonly buffer: ArrayBuffer };
}
