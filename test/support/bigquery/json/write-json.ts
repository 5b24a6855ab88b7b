import type { JsonNode } from './read-json.ts';

const escapeRest = (text: string): string =>
  text.replace(/[\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16)}`);

/** A JSON string as Google writes it. */
export const writeString = (value: string): string => escapeRest(JSON.stringify(value));

/** The value without blanks; numbers as they stood. */
export const writeJson = (node: JsonNode): string => {
  switch (node.kind) {
    case 'string':
      return writeString(node.value);
    case 'number':
      return node.text;
    case 'literal':
      return String(node.value);
    case 'array':
      return `[${node.items.map(writeJson).join(',')}]`;
    case 'object': {
      const members = node.entries.map(
        ([name, value]) => `${writeString(name)}:${writeJson(value)}`,
      );
      return `{${members.join(',')}}`;
    }
  }
};
