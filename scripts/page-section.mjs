// Replaces a part of a page that a script writes, between two lines that are comments.

import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';

/** Writes `text` between the lines `begins` and `ends` of a page, and formats the page. */
export const writeSection = async (page, begins, ends, text) => {
  const present = readFileSync(page, 'utf8');
  const [before, rest] = present.split(begins);
  const after = rest?.split(ends)[1];
  if (after === undefined) throw new Error(`${page} has no place for the result: write ${begins} and ${ends}`);
  const options = { ...(await resolveConfig(page)), filepath: page };
  writeFileSync(page, await format(`${before}${begins}\n\n${text}\n\n${ends}${after}`, options));
};
