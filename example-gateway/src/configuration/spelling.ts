const distance = (left: string, right: string): number => {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
};

/** Returns the problem of an unknown key, with a similar known key or else a list of all. */
export const unknownKey = (key: string, known: readonly string[]): string => {
  const [near] = known
    .map((name) => ({ name, far: distance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far);
  return near !== undefined && near.far <= Math.max(key.length > 3 ? 2 : 1, Math.floor(key.length / 3))
    ? `is unknown; did you mean "${near.name}"?`
    : `is unknown; known are ${known.join(', ')}`;
};
