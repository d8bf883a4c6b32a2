/** Replaces characters that a terminal would interpret or not show: names in the store are chosen by users. */
export const printable = (text: string): string => text.replace(/[\p{C}\u2028\u2029]/gu, '\uFFFD');

/** Formats rows as columns, below their heads. */
export const printTable = (heads: readonly string[], rows: readonly (readonly string[])[]): string => {
  const cells = [heads, ...rows.map((row) => row.map(printable))];
  const widths = heads.map((_head, column) =>
    // Not with spread arguments, of which there could be too many.
    cells.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  );
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** Formats epoch seconds. */
export const printInstant = (seconds: number | undefined): string =>
  seconds === undefined ? '-' : `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
