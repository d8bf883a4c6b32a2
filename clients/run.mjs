// Runs OAuth and MCP clients of other projects against the built example gateway. Exits with 1 if a step fails.
//
//   npm run test:clients [-- CLIENT …]          installs and builds what is missing first

import { readFileSync } from 'node:fs';
import { findAuthlib } from './rig/python.mjs';
import { startGateway, startLibrary } from './rig/hosts.mjs';
import { Results } from './rig/results.mjs';

const versionOf = (name) =>
  JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;

/** The clients by the name of their program, with the package that each comes from. */
const CLIENTS = {
  'openid-client': () => `openid-client ${versionOf('openid-client')}`,
  oauth4webapi: () => `oauth4webapi ${versionOf('oauth4webapi')}`,
  'mcp-sdk': () => `@modelcontextprotocol/sdk ${versionOf('@modelcontextprotocol/sdk')}`,
  'mcp-client': () => `@modelcontextprotocol/client ${versionOf('@modelcontextprotocol/client')}`,
  authlib: () => `Authlib ${findAuthlib().version}`,
};

const given = process.argv.slice(2);
const unknown = given.filter((name) => !Object.hasOwn(CLIENTS, name));
if (unknown.length > 0) {
  console.error(`There is no client ${unknown.join(', ')}. The clients are ${Object.keys(CLIENTS).join(', ')}.`);
  process.exit(2);
}

const results = new Results();
const gateway = await startGateway();
const library = await startLibrary();
try {
  for (const name of given.length > 0 ? given : Object.keys(CLIENTS)) {
    await results.run(CLIENTS[name], async (step) => {
      const { run } = await import(`./programs/${name}.mjs`);
      await run({ issuer: gateway.issuer, library: library.issuer, step });
    });
  }
} finally {
  gateway.close();
  await library.close();
}
console.log(`${results.passed} passed, ${results.failed} failed`);
process.exit(results.failed === 0 ? 0 : 1);
