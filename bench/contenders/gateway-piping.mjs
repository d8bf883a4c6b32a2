// The least that a proxy on Node's own `http` does: it copies the headers and pipes both bodies. The baseline.
import { Agent, createServer, request as send } from 'node:http';
import { serve } from '../rig/contender.mjs';
import { prepareOpen, upstream } from '../rig/gateway.mjs';

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const { hostname, port } = upstream;

const server = createServer((request, response) => {
  const { method, url: path, headers } = request;
  const outgoing = send({ agent, hostname, port, method, path, headers }, (incoming) => {
    response.writeHead(incoming.statusCode, incoming.headers);
    incoming.pipe(response);
  });
  outgoing.on('error', () => response.destroy());
  request.pipe(outgoing);
});

await serve(server, { prepare: prepareOpen });
