// A portal with 30 APIs of 8 resources, 60 scopes, 40 applications of one user and 200 tokens.
import express from 'express';
import { serveAt, listen } from '../../rig/contender.mjs';
import { createGate } from '../../rig/gate.mjs';

const APIS = 30;
const APPLICATIONS = 40;
const TOKENS = 200;

const names = Array.from({ length: APIS }, (_, index) => `api${index + 1}`);

const resourcesOf = (name) =>
  ['/', '/:id', '/:id/lines', '/:id/lines/:line'].flatMap((path) => [
    { path, methods: ['GET'], scopes: [`${name}:read`], summary: `Read ${path} of ${name}` },
    { path, methods: ['PUT'], scopes: [`${name}:write`], summary: `Change ${path} of ${name}` },
  ]);

const userOf = (username, roles) => ({ username, password: 'a long password', roles });

const app = express();
let gate;

const open = async () => {
  const port = await listen(app);
  gate = createGate({
    issuer: `http://127.0.0.1:${port}`,
    scopes: Object.fromEntries(
      names.flatMap((name) => [
        [`${name}:read`, `See what ${name} has`],
        [`${name}:write`, `Change what ${name} has`],
      ]),
    ),
    apis: Object.fromEntries(names.map((name) => [name, { title: `API ${name}`, resources: resourcesOf(name) }])),
    users: [userOf('admin', ['admin']), userOf('newcomer', [])],
    applications: [],
    requireTls: false,
  });
  app.use(gate.routes());
  app.use('/store', gate.portal());
  for (const name of names) app.use(`/${name}`, gate.api(name), (_request, response) => response.json({ id: 1 }));
  await gate.ready();
  return port;
};

const prepare = async () => {
  const { applications } = gate.directory;
  const clients = [];
  for (let count = 0; count < APPLICATIONS; count += 1) {
    const subscriptions = names.slice(count % 20, (count % 20) + 3);
    const { id } = await applications.create({ name: `Application ${count}`, owner: 'admin', subscriptions });
    const { clientId } = await applications.generateKeys(id, { environment: 'production' });
    clients.push({ id, clientId, scopes: subscriptions.map((name) => `${name}:read`) });
  }
  for (let count = 0; count < TOKENS; count += 1) {
    const { clientId, scopes } = clients[count % clients.length];
    await gate.tokens.issue({ clientId, subject: 'admin', scopes });
  }
  return { application: clients[0].id, api: names[0] };
};

await serveAt(open, { prepare });
