import { auditEntries } from '../support/portal/audit-entries';
import { ADA, BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn, withKeys, type PortalVisitor } from '../support/portal/visitor';
import { collect } from '../support/stores/collect';

const subscribe = (visitor: PortalVisitor, fields = {}) => visitor.submit('/apis', '/apis/orders/subscribe', fields);

const valueOf = (text: string, testId: string): string | undefined =>
  new RegExp(`data-testid="${testId}"[^>]*>([^<]*)<`).exec(text)?.[1];

const applicationsOfBen = async ({ gate }: ServedPortal) =>
  (await collect(gate.directory.applications.list())).filter(({ owner }) => owner === BEN.username);

describe('the page after Subscribe', () => {
  it('shows a new production key with its secret, which get a token', async () => {
    const portal = await servePortal();
    const { status, text } = await subscribe(await signedIn(portal, BEN));
    expect(status).toBe(200);
    expect(text).toMatch(/<h1[^>]*>You are set<\/h1>/);
    const [key = '', secret = ''] = [valueOf(text, 'consumer-key'), valueOf(text, 'consumer-secret')];
    const answer = await fetch(`${portal.url}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'read' }),
    });
    expect(await answer.json()).toMatchObject({ scope: 'read' });
  });

  it('shows the key that the application already has, and no secret', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const { key } = await withKeys(ben);
    const { text } = await subscribe(ben);
    expect(valueOf(text, 'consumer-key')).toBe(key);
    expect(valueOf(text, 'consumer-secret')).toBeUndefined();
    expect(text).toContain('The secret was shown when it was generated.');
    const [application] = await applicationsOfBen(portal);
    expect(application?.keys.production?.secrets).toHaveLength(1);
  });

  it('shows a key without a secret for a public application', async () => {
    const portal = await servePortal();
    const { id } = await portal.gate.directory.applications.create({
      name: 'App',
      owner: BEN.username,
      public: true,
      redirectUris: ['https://app.example/'],
    });
    const { text } = await subscribe(await signedIn(portal, BEN));
    const application = await portal.gate.directory.applications.find(id);
    expect(valueOf(text, 'consumer-key')).toBe(application?.keys.production?.clientId);
    expect(valueOf(text, 'consumer-secret')).toBeUndefined();
    expect(text).toContain('This key has no secret');
  });

  it('generates one secret however often the form is sent', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const fields = hiddenFields((await ben.get('/apis')).text, '/apis/orders/subscribe');
    const answers = await Promise.all([1, 2, 3].map(() => ben.post('/apis/orders/subscribe', fields)));
    expect(answers.filter(({ text }) => valueOf(text, 'consumer-secret') !== undefined)).toHaveLength(1);
    const [application, ...others] = await applicationsOfBen(portal);
    expect(others).toEqual([]);
    expect(application?.keys.production?.secrets).toHaveLength(1);
  });

  it('records the subscription and the keys in the audit', async () => {
    const portal = await servePortal();
    await subscribe(await signedIn(portal, BEN));
    const entries = (await auditEntries(await signedIn(portal, ADA))).join('\n');
    for (const action of ['Subscribed', 'Keys generated']) expect(entries).toContain(action);
  });
});
