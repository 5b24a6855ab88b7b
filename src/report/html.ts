/** Markup that is safe to put into a page as it is. */
export type Html = { readonly markup: string };

type Part = Html | string | number | null | false | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (mark) => entities[mark] ?? mark);

const write = (part: Part): string => {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part));
  return 'markup' in part ? part.markup : part.map(write).join('');
};

/** Markup out of a template; whatever is put in is escaped, unless it is markup itself. */
export const html = (texts: TemplateStringsArray, ...parts: Part[]): Html => ({
  markup: texts.map((text, index) => text + write(parts[index])).join(''),
});

/** Takes markup of ours, such as a drawing, as it is. */
export const trusted = (markup: string): Html => ({ markup });
