#!/usr/bin/env node
// Starts the built gateway. This file exists before the gateway is built, so that npm links it on installation.

const { existsSync } = require('node:fs');
const path = require('node:path');

const main = path.join(__dirname, '../dist/main.js');
if (existsSync(main)) {
  require(main);
} else {
  process.stderr.write('The gateway is not built. Run `npm ci && npm run build` in the root of the repository.\n');
  process.exitCode = 1;
}
