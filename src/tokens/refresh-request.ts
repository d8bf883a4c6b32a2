/** A refresh as its client sent it. How the client authenticated is no part of it. */
export interface RefreshRequest {
  readonly refreshToken: string;
  readonly clientId: string;
  /** Other requested values, by parameter name. An empty list, like a missing one, asks for all that was granted. */
  readonly asked: Readonly<Record<string, readonly string[]>>;
}

/** One text for all requests that ask for the same: each list is a set, and an empty one is the same as none. */
export const askedText = (asked: RefreshRequest['asked']): string => {
  const sets = Object.entries(asked)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => [name, ...[...new Set(values)].sort()]);
  return JSON.stringify(sets.sort(([left = ''], [right = '']) => (left < right ? -1 : 1)));
};
