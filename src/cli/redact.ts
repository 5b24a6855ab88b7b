/** Shorter values would be found in innocent words. */
const lengthMin = 8;

const percentEncode = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/** A secret as it stands, and as it stands inside of addresses, forms, headers and JSON. */
const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  encodeURIComponent(secret)
    .replaceAll('%20', '+')
    .replace(/[!'()~]/g, percentEncode),
  JSON.stringify(secret).slice(1, -1),
  // Of a text that was joined to others before, its first and last characters differ: those in between do.
  ...[0, 1, 2].map((shift) =>
    Buffer.from(' '.repeat(shift) + secret)
      .toString('base64')
      .replace(/=+$/, '')
      .slice(shift === 0 ? 0 : 4, -2),
  ),
];

/**
 * The text without secrets. Our own messages hold none; the message of a bug, or of a library, may quote anything.
 * @param secrets What must not be shown.
 */
export const redact = (text: string, secrets: readonly string[]): string => {
  const forms = secrets.filter((secret) => secret.length >= lengthMin).flatMap(formsOf);
  return forms
    .filter((form) => form.length >= lengthMin)
    .sort((a, b) => b.length - a.length)
    .reduce((shown, form) => shown.replaceAll(form, '…'), text)
    .replace(/\b(Bearer|Basic) +[\w.~+/=-]+/gi, '$1 …')
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '…');
};

/** The variables that hold credentials: most of `secretNames` of config.ts, which is loaded too late for what fails early. */
export const redactedNames: readonly string[] = [
  ...['ST_CLIENT_ID', 'ST_CLIENT_SECRET', 'ST_APP_KEY', 'ALERT_WEBHOOK_URL', 'DATABOX_API_KEY'],
];

/** Values that must never be shown, whatever goes wrong. */
export const findSecrets = (env: NodeJS.ProcessEnv): string[] =>
  redactedNames.map((name) => env[name]?.trim() ?? '').filter((value) => value !== '');
