// What the contenders of the part `gateway` send to: an upstream that answers everything with the same few bytes, and a
// reader of log lines, which are what a gateway's standard error is written to in production.
import { createServer } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../../rig/contender.mjs';

const BODY = Buffer.from('{"ok":true}');

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': BODY.length });
  response.end(BODY);
});

const folder = mkdtempSync(join(tmpdir(), 'scopegate-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const logSocket = join(folder, 'log');

const readLogs = async () => {
  const reader = createSocketServer((socket) => socket.on('error', () => undefined).resume()).listen(logSocket);
  await once(reader, 'listening');
  return { logSocket };
};

await serve(server, { prepare: readLogs });
