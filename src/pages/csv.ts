/**
 * Matches the start of a formula, written with full-width characters as well. Spreadsheets may separate fields by another
 * character than a comma, as a German Excel does, so a formula may also start after a separator inside a field.
 */
const FORMULA = /(^|[,;|\t\r\n])([\s"']*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

const printField = (value: string): string => {
  // The apostrophe makes a spreadsheet show the text: entries contain what visitors have typed.
  const text = value.replaceAll(FORMULA, "$1'$2");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Formats rows as CSV (RFC 4180). No field is a formula for a spreadsheet, or contains one. */
export const printCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((fields) => `${fields.map(printField).join(',')}\r\n`).join('');
