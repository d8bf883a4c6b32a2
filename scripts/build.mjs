// Builds the package and the example gateway, so that `npm start` need not.
//
//   npm run build

import { fileURLToPath } from 'node:url';
import { Builder } from './builder.mjs';

try {
  await new Builder(fileURLToPath(new URL('..', import.meta.url))).build();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
