const MAX_PRINTED = 60;

/** Fields whose values are never printed in messages. Includes the consumer key: people confuse it with its secret. */
const SECRET_FIELDS: ReadonlySet<string | number> = new Set([
  'password',
  'passwordHash',
  'consumerKey',
  'consumerSecret',
  'clientId',
  'clientSecret',
  'token',
  'redis',
]);

/** Detects tokens, password hashes, keys and URLs with credentials, which people also paste into the wrong field. */
const looksSecret = (text: string): boolean =>
  /sg[a-z]_|\$argon2|:\/\/[^/]*@|-----BEGIN/.test(text) || /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9+/_=-]{20,}$/.test(text);

const printText = (text: string): string => {
  const cut = text.length > MAX_PRINTED ? `${text.slice(0, MAX_PRINTED)}…` : text;
  return JSON.stringify(cut).replaceAll(/\p{C}/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
};

/** Describes a value without its contents: "a string", "a list". */
export const kindOfValue = (value: unknown): string => {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Promise) return 'a promise: await it first';
  return { string: 'a string', object: 'an object', bigint: 'a bigint' }[typeof value as string] ?? `a ${typeof value}`;
};

/**
 * Formats a value for a message: strings (60 characters at most), numbers and booleans as written, all else by kind.
 */
export const printValue = (value: unknown): string => {
  if (typeof value === 'string') return looksSecret(value) ? kindOfValue(value) : printText(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOfValue(value);
};

/** Like `printValue`, but prints only the kind of a value if its field may hold a secret. */
export const printField = (path: readonly (string | number)[], value: unknown): string => {
  const isSecret = path.some((step) => SECRET_FIELDS.has(step));
  return isSecret ? kindOfValue(value) : printValue(value);
};
