// The server under test, in a process of its own, so that its CPU time can be read apart from the load's.
// It speaks to its parent over IPC: { port, tokens } when it listens, { cpu } whenever it is asked.
import express from 'express';
import { Redis } from 'ioredis';
import { scopegate } from 'scopegate';

const redis = process.env.BENCH_REDIS === undefined ? undefined : new Redis(process.env.BENCH_REDIS);

const gate = scopegate({
  issuer: 'http://127.0.0.1',
  scopes: { read: 'See orders' },
  applications: [{ name: 'bench', consumerKey: 'key', consumerSecret: 'secret' }],
  // No password hashing: what is measured is the endpoint. The hash alone costs a hundred times as much.
  users: (username) => ({ id: username }),
  prefix: `bench${process.pid}:`,
  logger: { info: () => {}, warn: () => {}, error: console.error },
  ...(redis === undefined ? {} : { redis }),
});

const app = express();
app.use(gate.routes());
app.get('/open', (_request, response) => response.json({ ok: true }));
app.get('/guarded', gate.requireScope('read'), (_request, response) => response.json({ ok: true }));
app.post('/form', express.urlencoded({ extended: false }), (request, response) => response.json(request.body));

const server = app.listen(0, '127.0.0.1', async () => {
  await gate.ready();
  const { port } = server.address();
  const forms = Array.from(
    { length: 50 },
    (_, index) => `grant_type=password&username=ana${index}&password=pw&scope=read`,
  );
  const headers = {
    authorization: `Basic ${Buffer.from('key:secret').toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const issue = async (body) => {
    const response = await fetch(`http://127.0.0.1:${port}/token`, { method: 'POST', headers, body });
    return (await response.json()).access_token;
  };
  process.send({ port, tokens: await Promise.all(forms.map(issue)), forms, headers });
});

process.on('message', () => process.send({ cpu: process.cpuUsage() }));
process.on('disconnect', () => process.exit(0));
