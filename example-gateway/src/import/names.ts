/** Returns names that are unique and valid as names of APIs. */
export class ApiNames {
  readonly #used = new Set<string>();

  /** Returns a name for an API, derived from its name in the source. */
  add(written: string): string {
    const base =
      written
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 56) || 'api';
    let name = base;
    for (let count = 2; this.#used.has(name); count += 1) name = `${base}-${count}`;
    this.#used.add(name);
    return name;
  }
}

/** A scope name of RFC 6749 §3.3 that the gateway accepts. `default` is reserved. */
export const isScopeName = (name: string): boolean =>
  /^[\x21\x23-\x5B\x5D-\x7E]{1,128}$/.test(name) && name !== 'default';

/** Returns text for a key of the file that takes one line; `undefined` if nothing is left of it. */
export const label = (text: string | undefined, maxLength: number): string | undefined => {
  // A reference would be replaced by an environment variable.
  const line = (text ?? '')
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('${', '$ {')
    .trim();
  return line === '' ? undefined : [...line].slice(0, maxLength).join('');
};
