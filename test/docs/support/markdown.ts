/** A cell of a table: a bar would end it. */
const toCell = (text: string): string => text.replaceAll('|', '\\|');

/** A Markdown table; prettier lines it up. */
export const formatMarkdownTable = (
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string =>
  [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map(toCell).join(' | ')} |`)
    .join('\n');

/** `a, b and c`. */
export const listInWords = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;

/**
 * A text with the parts between `<!-- generated: NAME -->` and `<!-- end -->` written anew.
 * @throws when the text asks for a part that is not known, or lacks one.
 */
export const fillGenerated = (text: string, parts: ReadonlyMap<string, string>): string => {
  const filled = new Set<string>();
  const result = text.replace(
    /(<!-- generated: (\S+) -->)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const part = parts.get(name);
      if (part === undefined) throw new Error(`no generated part is called ${name}`);
      filled.add(name);
      return `${begin}\n\n${part}\n\n${end}`;
    },
  );
  const lost = [...parts.keys()].filter((name) => !filled.has(name));
  if (lost.length > 0) throw new Error(`the text has no place for ${lost.join(', ')}`);
  return result;
};
