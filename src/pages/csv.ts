/** Characters with which spreadsheets begin a formula, or that they skip in front of one. */
const FORMULA = /^[=+\-@\t\r]/;

const printField = (value: string): string => {
  // The apostrophe makes a spreadsheet show the text: entries contain what visitors have typed.
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Formats rows as CSV (RFC 4180). No field is a formula for a spreadsheet. */
export const printCsv = (rows: readonly (readonly string[])[]): string =>
  rows.map((fields) => `${fields.map(printField).join(',')}\r\n`).join('');
