import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { serveMcp } from './mcp-server.mjs';

const FILE = fileURLToPath(new URL('../gateway.yaml', import.meta.url));
const MAIN = fileURLToPath(new URL('../../example-gateway/dist/main.js', import.meta.url));
const fromRoot = createRequire(new URL('../../package.json', import.meta.url));

const listen = async (handler) => {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => server.closeAllConnections() ?? server.close(),
  };
};

const readyLine = (child) =>
  new Promise((resolve, reject) => {
    let output = '';
    let log = '';
    child.stderr.on('data', (chunk) => (log += chunk));
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const [, url] = /^example gateway ready on (\S+)$/m.exec(output) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('close', () => reject(new Error(`the gateway ended: ${log}`)));
  });

/** Starts the built example gateway with `gateway.yaml`, in front of an MCP server. */
export const startGateway = async () => {
  const upstream = await listen(serveMcp);
  const { PORT: _port, REDIS_URL: _redis, ...inherited } = process.env;
  const env = { ...inherited, MCP_SERVER: upstream.url };
  const child = spawn(process.execPath, [MAIN, '--config', FILE], { env });
  const close = () => {
    upstream.close();
    child.kill();
  };
  try {
    return { issuer: await readyLine(child), close };
  } catch (error) {
    close();
    throw error;
  }
};

/** Starts an Express application that serves the MCP server itself, behind `gate.api('mcp')`, with the same options. */
export const startLibrary = async () => {
  const { scopegate } = fromRoot('./dist/index.js');
  const { listen: _listen, apis, ...options } = fromRoot('yaml').parse(readFileSync(FILE, 'utf8'));
  const express = fromRoot('express');
  const app = express();
  const { url, close } = await listen(app);
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const declared = Object.entries(apis).map(([name, { upstream: _upstream, ...api }]) => [name, api]);
  const gate = scopegate({ ...options, apis: Object.fromEntries(declared), issuer: url, logger: silent });
  app.use(gate.routes());
  app.use('/mcp', gate.api('mcp'), (request, response) => serveMcp(request, response));
  await gate.ready();
  return {
    issuer: url,
    close: async () => {
      close();
      await gate.close();
    },
  };
};
