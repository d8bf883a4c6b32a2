// Loads modules of src/ into a script, without a build.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { transformSync } from '@swc/core';

const require = createRequire(import.meta.url);

require.extensions['.ts'] = (module, filename) => {
  const { code } = transformSync(readFileSync(filename, 'utf8'), {
    filename,
    jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  module._compile(code, filename); // oxlint-disable-line no-underscore-dangle -- Node's own name
};

/** Returns the exports of a TypeScript file, and loads what it imports. */
export const loadTypeScript = (file) => require(file);
