/** An example of a command's help: on a line of its own, so that it can be copied, below what it is for. */
export const showExample = (typed: string, about: string): [string, string][] => [
  [`# ${about}`, ''],
  [typed, ''],
];
