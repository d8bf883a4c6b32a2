// The upstream of the part `gateway`: it answers everything with the same few bytes.
import { createServer } from 'node:http';
import { serve } from '../../rig/contender.mjs';

const BODY = Buffer.from('{"ok":true}');

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': BODY.length });
  response.end(BODY);
});

await serve(server);
