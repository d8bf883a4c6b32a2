// Runs the example gateway in this process, so that one signal ends everything. Builds it first if the built files are
// not those of the sources.
//
//   npm start -- [--config FILE] [--port N] [--redis URL] [--check]

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasCompiler, hasSources, isBuilt, isUpToDate } from './build-record.mjs';
import { Builder } from './builder.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const gateway = join(root, 'example-gateway/dist/main.js');
const builder = new Builder(root);

// Until the gateway has installed its own handlers, there is nothing to finish.
const stop = () => {
  builder.abort();
  process.exit(0);
};
const signals = ['SIGINT', 'SIGTERM'];
for (const signal of signals) process.on(signal, stop);

/** Makes the built files those of the sources, if the sources and the compiler are there. */
const prepare = async () => {
  if (hasSources(root) && isUpToDate(root)) return;
  if (hasSources(root) && hasCompiler(root)) return builder.build();
  if (!isBuilt(root)) {
    throw new Error(
      'The gateway is not built, and the compiler is not installed. Run `npm ci && npm run build`, and then `npm prune --omit=dev` to remove the compiler.',
    );
  }
  if (hasSources(root)) {
    console.error(
      'The gateway starts from files that were built from other sources: the compiler is not installed. To build it, run `npm ci && npm run build`.',
    );
  }
};

try {
  await prepare();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

process.argv[1] = gateway;
createRequire(import.meta.url)(gateway);
for (const signal of signals) process.off(signal, stop);
