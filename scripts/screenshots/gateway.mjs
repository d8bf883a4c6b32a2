// A gateway with the content of a small company, for screenshots of every page.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { loadTypeScript } from '../load-typescript.cjs';
import { APIS, SCOPES } from './apis.mjs';

const { scopegate } = loadTypeScript(fileURLToPath(new URL('../../src/index.ts', import.meta.url)));

/** An administrator, so that one user can open every page. */
export const JANE = { username: 'jane.doe@acme', password: 'a long password' };

const REDIRECT_URI = 'https://app.acme.example/callback';

/** A clock that can be set back, so that there are requests of the past hours. */
const createClock = () => {
  const state = { hoursAgo: 0 };
  return { state, now: () => Math.floor(Date.now() / 1000) - state.hoursAgo * 3600 };
};

const options = (issuer, clock) => ({
  issuer,
  clock,
  scopes: SCOPES,
  plans: { free: { requests: 1000, per: 86_400 }, business: { requests: 50_000, per: 86_400 } },
  apis: APIS,
  organizations: [{ key: 'acme', name: 'Acme Ltd.' }],
  users: [
    { username: 'lee', organization: 'acme', password: 'another password', roles: ['clerk', 'sales'] },
    { username: 'sam.rivera@example.com', organization: 'acme', password: 'a third password' },
  ],
  applications: [
    {
      name: 'Nightly export',
      owner: JANE.username,
      consumerKey: 'nightly-export',
      consumerSecret: 'declared-secret',
      subscriptions: [{ api: 'orders', plan: 'business' }, 'invoices'],
    },
  ],
  logger: { info: () => undefined, warn: () => undefined, error: console.error },
});

const send = async (url, token, count, path) => {
  for (let sent = 0; sent < count; sent += 1) {
    await fetch(url + path, { headers: { Authorization: `Bearer ${token}` } });
  }
};

/** Sends requests in each of the past hours: most are served, some fail, and some are refused. */
const useForHours = async (gate, url, state, grant) => {
  for (const [index, count] of [3, 2, 1, 2, 5, 9, 12, 11, 7, 12, 14, 10, 6].entries()) {
    state.hoursAgo = 13 - index;
    const { accessToken } = await gate.tokens.issue(grant);
    await send(url, accessToken, count, '/orders');
    await send(url, accessToken, count % 4, '/orders/404');
    await send(url, accessToken, count % 3, '/orders/500');
    await send(url, accessToken, count % 2, '/customers/7');
  }
  state.hoursAgo = 0;
};

/** Creates users, applications, keys, tokens and requests. */
const fill = async (gate, url, state) => {
  const { users, applications } = gate.directory;
  const [username, organization] = JANE.username.split('@');
  await users.create({ username, organization, password: JANE.password, roles: ['admin', 'clerk'] });
  const owner = JANE.username;
  const web = await applications.create({ name: 'Web shop', owner, redirectUris: [REDIRECT_URI] });
  await applications.subscribe(web.id, 'orders', { plan: 'free' });
  await applications.subscribe(web.id, 'invoices');
  const { clientId } = await applications.generateKeys(web.id, { environment: 'production', label: 'web-1' });
  await applications.generateKeys(web.id, { environment: 'sandbox' });
  const mobile = await applications.create({
    name: 'Mobile app',
    owner,
    public: true,
    redirectUris: ['com.acme.shop:/callback'],
  });
  await applications.subscribe(mobile.id, 'orders', { plan: 'free' });
  await applications.create({ name: 'Prototype', owner: 'lee@acme', subscriptions: ['invoices'] });
  const scopes = ['orders:read', 'invoices:read'];
  await useForHours(gate, url, state, { clientId, subject: owner, scopes });
  const token = await gate.tokens.issue({ clientId, subject: owner, scopes });
  await gate.tokens.issue({ clientId, scopes });
  await gate.tokens.issue({ clientId: 'nightly-export', subject: owner, scopes: ['orders:read'] });
  await send(url, token.accessToken, 12, '/orders');
  await send(url, token.accessToken, 3, '/customers/7');
  const { keys } = await applications.find(web.id);
  const secret = keys.production.secrets[0].id;
  return { id: web.id, name: 'orders', username: 'lee@acme', clientId, secret };
};

const PORTAL = {
  title: 'Acme Developers',
  intro: 'APIs for orders, invoices and customers.\nSign in with your Acme account.',
  signUp: { organizations: ['acme'], approval: true },
  public: true,
  footer: {
    links: [
      { text: 'Terms of use', url: 'https://acme.example/terms' },
      { text: 'Status', url: 'https://status.acme.example' },
      { text: 'Contact', url: 'mailto:api@acme.example' },
    ],
  },
};

/** Starts the gateway. `records` are those that the pages with parameters show. */
export const serveGateway = async () => {
  const app = express().disable('x-powered-by');
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const { state, now } = createClock();
  const gate = scopegate(options(url, now));
  app.use(gate.routes());
  app.use('/store', gate.portal(PORTAL));
  const order = { id: 1, state: 'sent', lines: [{ product: 'Chair', amount: 2 }] };
  const answer = ({ path }, response) => response.status(Number(/^\/([45]\d\d)$/.exec(path)?.[1] ?? 200)).json(order);
  for (const name of Object.keys(APIS)) app.use(`/${name}`, gate.api(name), answer);
  await gate.ready();
  const records = { ...(await fill(gate, url, state)), redirectUri: REDIRECT_URI };
  return {
    url,
    records,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await gate.close();
    },
  };
};
