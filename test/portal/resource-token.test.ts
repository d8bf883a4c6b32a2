import { manyApis } from '../support/gate/many-apis';
import { auditEntries } from '../support/portal/audit-entries';
import { ADA, ANA, BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { signedIn, type PortalVisitor } from '../support/portal/visitor';
import { collect } from '../support/stores/collect';

type Environment = 'production' | 'sandbox';

interface Order {
  readonly client: string;
  readonly api?: string;
  readonly method?: string;
  readonly path?: string;
  readonly for?: 'user' | 'client';
}

interface Given {
  readonly status: number;
  readonly token?: string;
  readonly client?: string;
  readonly sentence?: string;
  readonly summary?: string;
}

const anApplication = async (
  { gate }: ServedPortal,
  owner: string,
  subscriptions: readonly string[],
  environment: Environment = 'production',
) => {
  const { id } = await gate.directory.applications.create({ name: 'My app', owner, subscriptions });
  const { clientId } = await gate.directory.applications.generateKeys(id, { environment });
  return { id, clientId, client: `${id}.${environment}` };
};

const order = async (visitor: PortalVisitor, given: Order): Promise<Given> => {
  const form_token = await visitor.formToken('/apis', '/sign-out');
  const fields = { api: 'orders', method: 'GET', path: '/orders', for: 'user', ...given };
  const { status, text } = await visitor.post('/try-it/token', { form_token, ...fields });
  return { ...(JSON.parse(text) as Omit<Given, 'status'>), status };
};

const grantsOf = ({ gate }: ServedPortal, clientId: string) => collect(gate.tokens.find({ clientId }));

describe('a token for one resource', () => {
  it('has the scopes of the resource and no others, and is for the user', async () => {
    const portal = await servePortal(manyApis);
    const { client, clientId } = await anApplication(portal, ANA.username, ['orders']);
    const given = await order(await signedIn(portal, ANA), { client, method: 'PUT', path: '/orders/:id' });
    expect(given).toMatchObject({ status: 200, client, sentence: 'New token with update, valid for 1 hour.' });
    expect(await grantsOf(portal, clientId)).toMatchObject([{ scopes: ['update'] }]);
    const headers = { Authorization: `Bearer ${given.token}` };
    expect((await fetch(`${portal.url}/orders/1`, { method: 'PUT', headers })).status).toBe(200);
  });

  it('can be for the application itself', async () => {
    const portal = await servePortal(manyApis);
    const { client, clientId } = await anApplication(portal, ANA.username, ['orders']);
    const ana = await signedIn(portal, ANA);
    expect(await order(ana, { client, for: 'client' })).toMatchObject({ status: 200 });
    expect(await grantsOf(portal, clientId)).toEqual([expect.not.objectContaining({ subject: expect.anything() })]);
    const refused = await order(ana, { client, for: 'client', method: 'PUT', path: '/orders/:id' });
    expect(refused.summary).toMatch(/^No token for this resource can be issued: update: an application has no roles/);
  });

  it('has one of the scopes that are alternatives', async () => {
    const portal = await servePortal({
      scopes: manyApis.scopes,
      apis: {
        books: { title: 'Books', resources: [{ path: '/', methods: ['GET'], anyOf: ['count', 'borrow', 'read'] }] },
      },
      applications: [],
    });
    const { client, clientId } = await anApplication(portal, BEN.username, ['books']);
    const given = await order(await signedIn(portal, BEN), { client, api: 'books', path: '/books' });
    expect(given).toMatchObject({ status: 200, sentence: 'New token with borrow, valid for 1 hour.' });
    expect(await grantsOf(portal, clientId)).toMatchObject([{ scopes: ['borrow'] }]);
  });

  it('has what can be granted of several scopes, and the answer says what is missing', async () => {
    const portal = await servePortal({
      scopes: manyApis.scopes,
      apis: { books: { title: 'Books', resources: [{ path: '/', methods: ['GET'], scopes: ['borrow', 'count'] }] } },
      applications: [],
    });
    const { client } = await anApplication(portal, BEN.username, ['books']);
    const { sentence } = await order(await signedIn(portal, BEN), { client, api: 'books', path: '/books' });
    expect(sentence).toBe(
      'New token with borrow, valid for 1 hour. Not granted: count: requires one of the roles counter or auditor, and you have none of them.',
    );
  });

  it('is recorded in the audit', async () => {
    const portal = await servePortal(manyApis);
    const { client } = await anApplication(portal, ANA.username, ['orders']);
    await order(await signedIn(portal, ANA), { client });
    const entries = await auditEntries(await signedIn(portal, ADA));
    expect(entries.filter((entry) => entry.includes('Token generated'))).toHaveLength(1);
  });
});

describe('no token for a resource is issued', () => {
  it.each([
    ['without a subscription', { api: 'books', method: 'POST', path: '/books' }, 'My app is not subscribed to Books.'],
    ['for a resource that does not exist', { path: '/orders/other' }, 'This resource no longer exists.'],
    ['for an API that does not exist', { api: '__proto__' }, 'This resource no longer exists.'],
    ['for the client of another user', { client: 'key.production' }, 'Choose an application.'],
    ['for a scope that the user may not have', { method: 'PUT', path: '/:id' }, 'update: requires the role clerk'],
  ])('%s', async (_case, given, summary) => {
    const portal = await servePortal({ ...manyApis, applications: [] });
    const { client, clientId } = await anApplication(portal, BEN.username, ['orders']);
    const answer = await order(await signedIn(portal, BEN), { client, ...given });
    expect(answer.status).toBe(400);
    expect(answer.summary).toContain(summary);
    expect(await grantsOf(portal, clientId)).toEqual([]);
  });

  it('for a sandbox key if the API has no sandbox', async () => {
    const portal = await servePortal(manyApis);
    const { client } = await anApplication(portal, BEN.username, ['orders'], 'sandbox');
    expect((await order(await signedIn(portal, BEN), { client })).summary).toContain('Orders has no sandbox');
  });

  it('for a public resource, which needs none', async () => {
    const portal = await servePortal();
    const { client } = await anApplication(portal, BEN.username, ['orders']);
    const answer = await order(await signedIn(portal, BEN), { client, path: '/orders/health' });
    expect(answer.summary).toBe('This resource is public: it needs no token.');
  });

  it('for a disabled application', async () => {
    const portal = await servePortal();
    const { client, id } = await anApplication(portal, BEN.username, ['orders']);
    await portal.gate.directory.applications.disable(id);
    expect((await order(await signedIn(portal, BEN), { client })).summary).toContain('My app is disabled.');
  });

  it('without the token of a form of this session', async () => {
    const portal = await servePortal();
    const { client } = await anApplication(portal, BEN.username, ['orders']);
    const ben = await signedIn(portal, BEN);
    const fields = { client, api: 'orders', method: 'GET', path: '/orders', for: 'user' };
    expect((await ben.post('/try-it/token', fields)).status).toBe(403);
    expect((await ben.post('/try-it/token', { ...fields, form_token: 'x' })).status).toBe(403);
  });
});
