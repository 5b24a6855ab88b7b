/** A text of a report as one line: a terminal would obey control characters. */
export const showText = (text: string): string => text.replace(/\p{Cc}/gu, ' ').trim();
