/** A refresh request as its client sent it, without the client authentication. */
export interface RefreshRequest {
  readonly refreshToken: string;
  readonly clientId: string;
  /** Other requested values, by parameter name. An empty or missing list requests everything that was granted. */
  readonly asked: Readonly<Record<string, readonly string[]>>;
}

/**
 * Returns the same text for all requests that ask for the same. Each list is a set; an empty one equals a missing one.
 */
export const askedText = (asked: RefreshRequest['asked']): string => {
  const sets = Object.entries(asked)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => [name, ...[...new Set(values)].sort()]);
  return JSON.stringify(sets.sort(([left = ''], [right = '']) => (left < right ? -1 : 1)));
};
