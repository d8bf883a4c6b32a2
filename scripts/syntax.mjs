// Parses TypeScript with swc, because the compiler itself has no JavaScript API.

import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';

/** Parses a file. Positions in the tree are offsets into `bytes`. */
export const parseFile = (file) => {
  const bytes = readFileSync(file);
  const tree = parseSync(bytes.toString('utf8'), { syntax: 'typescript', target: 'es2023' });
  return { tree, bytes };
};

/** Calls `visit` for each node from the outside in, and skips the children if it returns `false`. */
export const walk = (node, visit) => {
  if (Array.isArray(node)) {
    for (const child of node) walk(child, visit);
  } else if (typeof node === 'object' && node !== null) {
    if ('type' in node && visit(node) === false) return;
    for (const child of Object.values(node)) walk(child, visit);
  }
};

/** Returns the line of a node. swc counts bytes from 1. */
export const lineOf = (bytes, { span }) => {
  let line = 1;
  for (const byte of bytes.subarray(0, span.start - 1)) if (byte === 0x0a) line += 1;
  return line;
};
