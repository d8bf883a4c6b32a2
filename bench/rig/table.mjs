const textOf = (value) => {
  if (typeof value === 'number') return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
  return value === undefined ? '' : String(value);
};

/** Formats rows with equal keys as a Markdown table, like those in the README. */
export const tableOf = (rows) => {
  if (rows.length === 0) return '';
  const names = Object.keys(rows[0]);
  const isNumeric = names.map((name) => rows.every((row) => typeof row[name] === 'number' || row[name] === undefined));
  const lines = [names, ...rows.map((row) => names.map((name) => textOf(row[name])))];
  const widths = names.map((_name, column) => Math.max(3, ...lines.map((line) => line[column].length)));
  const lineOf = (cells) =>
    `| ${cells.map((cell, at) => (isNumeric[at] ? cell.padStart(widths[at]) : cell.padEnd(widths[at]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (isNumeric[at] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  const [head, ...body] = lines.map(lineOf);
  return [head, rule, ...body].join('\n');
};
