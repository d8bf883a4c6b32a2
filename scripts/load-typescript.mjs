// Loads modules of src/ into a script, without a build.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('./load-typescript.cjs');

/** Returns the exports of a TypeScript file, and loads what it imports. */
export const loadTypeScript = (file) => require(file);
