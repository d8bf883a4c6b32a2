import { manyApis } from '../support/gate/many-apis';
import { ANA, BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn, withKeys, type PortalVisitor } from '../support/portal/visitor';
import { collect } from '../support/stores/collect';

/** Scopes with a check-box on a page; those that cannot be ticked end with `(disabled)`. */
const boxesOf = (text: string): readonly string[] =>
  [...text.matchAll(/<input\s+type="checkbox"([^>]*)>/g)].map(([, attributes = '']) => {
    const name = /name="scope ([^"]*)"/.exec(attributes)?.[1] ?? '';
    return /\sdisabled/.test(attributes) ? `${name} (disabled)` : name;
  });

/** The text of a page, without its markup. */
const wordsOf = (text: string): string =>
  text
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&#39;', "'")
    .replaceAll(/\s+/g, ' ');

const addressOf = (choice: Readonly<Record<string, string>>): string =>
  `/generate-token?${new URLSearchParams(choice)}`;

/** An application of a visitor with a key, subscribed to some APIs. */
const anApplication = async (
  portal: ServedPortal,
  visitor: PortalVisitor,
  { name = 'My app', apis = [] }: { readonly name?: string; readonly apis?: readonly string[] } = {},
): Promise<string> => {
  const { id } = await withKeys(visitor, name);
  for (const api of apis) await portal.gate.directory.applications.subscribe(id, api);
  return id;
};

describe('the scopes that are offered for a token', () => {
  it('are those of the selected application, grouped by API, each once', async () => {
    const portal = await servePortal(manyApis);
    const ana = await signedIn(portal, ANA);
    const one = await anApplication(portal, ana, { name: 'One', apis: ['orders'] });
    const both = await anApplication(portal, ana, { name: 'Two', apis: ['stock', 'orders'] });

    const { text } = await ana.get(addressOf({ client: `${one}.production` }));
    expect(boxesOf(text)).toEqual(['read', 'update']);
    const second = await ana.get(addressOf({ client: `${both}.production` }));
    expect(boxesOf(second.text)).toEqual(['read', 'update', 'count (disabled)']);
    expect([...second.text.matchAll(/<legend>(Orders|Stock|Books)<\/legend>/g)].map(([, title]) => title)).toEqual([
      'Orders',
      'Stock',
    ]);
    expect(wordsOf(second.text)).toContain('See orders and stock (also for Stock)');
  });

  it('are updated by a GET form, so that it works without JavaScript', async () => {
    const portal = await servePortal(manyApis);
    const ana = await signedIn(portal, ANA);
    await anApplication(portal, ana, { apis: ['orders'] });
    const { text } = await ana.get('/generate-token');
    const [, chooser = ''] = /<form method="get" action="\/store\/generate-token"([\s\S]*?)<\/form>/.exec(text) ?? [];
    expect(chooser).toMatch(/<select id="client" name="client"\s*>/);
    expect(chooser).toMatch(/<button[^>]*>Choose<\/button>/);
    expect(chooser).not.toContain('form_token');
  });

  it('list APIs without a subscription behind a disclosure, with their scopes and a link to subscribe', async () => {
    const portal = await servePortal(manyApis);
    const ana = await signedIn(portal, ANA);
    const id = await anApplication(portal, ana, { apis: ['orders'] });
    const { text } = await ana.get(addressOf({ client: `${id}.production` }));
    const [, details = ''] = /<details>([\s\S]*?)<\/details>/.exec(text) ?? [];
    expect(wordsOf(details)).toContain('Not subscribed (2 APIs)');
    expect(wordsOf(details)).toContain('Stock: read count');
    expect(details).toContain('href="/store/apis/books/subscribe"');
  });

  it('name the missing role, and cannot be selected then', async () => {
    const portal = await servePortal(manyApis);
    const ben = await signedIn(portal, BEN);
    const id = await anApplication(portal, ben, { apis: ['orders', 'stock'] });
    const { text } = await ben.get(addressOf({ client: `${id}.production`, scopes: 'read update' }));
    expect(boxesOf(text)).toEqual(['read', 'update (disabled)', 'count (disabled)']);
    expect(wordsOf(text)).toContain("Cannot be granted: requires the role clerk, which you don't have.");
    expect(wordsOf(text)).toContain(
      'Cannot be granted: requires one of the roles counter or auditor, and you have none of them.',
    );
  });

  it("name the application's own list if it excludes a scope", async () => {
    const portal = await servePortal(manyApis);
    const ana = await signedIn(portal, ANA);
    const id = await anApplication(portal, ana, { apis: ['orders'] });
    await portal.gate.directory.applications.setScopes(id, ['read', 'audit']);
    const { text } = await ana.get(addressOf({ client: `${id}.production` }));
    expect(boxesOf(text)).toEqual(['read', 'update (disabled)', 'audit']);
    expect(wordsOf(text)).toContain('Cannot be granted: not in the list of scopes that the operator gave My app.');
  });

  it('say for the application itself that its list must name them, even if its owner has the role', async () => {
    const portal = await servePortal(manyApis);
    const ana = await signedIn(portal, ANA); // has the role clerk
    const id = await anApplication(portal, ana, { apis: ['orders'] });
    const choice = { client: `${id}.production`, for: 'client' };
    const reason = "an application has no roles, so the operator has to list it in the application's scopes";
    const { text } = await ana.get(addressOf(choice));
    expect(boxesOf(text)).toEqual(['read', 'update (disabled)']);
    expect(wordsOf(text)).toContain(`Cannot be granted: ${reason}.`);
    // A form that requests it nevertheless gets the same answer.
    const { text: answer } = await ana.submit(addressOf(choice), '/generate-token', { 'scope update': 'on' });
    expect(wordsOf(answer)).toContain(`update: ${reason}`);
    expect(answer).not.toContain('requires the role');
    await portal.gate.directory.applications.setScopes(id, ['read', 'update']);
    expect(boxesOf((await ana.get(addressOf(choice))).text)).toEqual(['read', 'update']);
  });

  it('say, for a sandbox key, which APIs have no sandbox', async () => {
    const portal = await servePortal(manyApis);
    const ana = await signedIn(portal, ANA);
    const id = await anApplication(portal, ana, { apis: ['orders', 'stock'] });
    await portal.gate.directory.applications.generateKeys(id, { environment: 'sandbox' });
    const sandbox = wordsOf((await ana.get(addressOf({ client: `${id}.sandbox` }))).text);
    expect(sandbox).toContain('Orders has no sandbox: it refuses every token of a sandbox key (403).');
    expect(sandbox).not.toContain('Stock has no sandbox');
    expect(wordsOf((await ana.get(addressOf({ client: `${id}.production` }))).text)).not.toContain('has no sandbox');
  });

  it('can all be selected by one link for each API', async () => {
    const portal = await servePortal(manyApis);
    const ana = await signedIn(portal, ANA);
    const id = await anApplication(portal, ana, { apis: ['orders'] });
    const { text } = await ana.get(addressOf({ client: `${id}.production` }));
    const [, href = ''] = /href="\/store([^"]*)">Select all of Orders</.exec(text) ?? [];
    const { text: selected } = await ana.get(href.replaceAll('&amp;', '&'));
    expect([...selected.matchAll(/type="checkbox"[^>]*\schecked/g)]).toHaveLength(2);
  });

  it('are not selected for the user, except those that the address names', async () => {
    const checkedIn = (text: string): readonly string[] =>
      [...text.matchAll(/name="scope ([^"]*)"[^>]*\schecked/g)].map(([, name = '']) => name);
    const portal = await servePortal(manyApis);
    const ana = await signedIn(portal, ANA);
    const client = `${await anApplication(portal, ana, { apis: ['orders', 'stock'] })}.production`;
    expect(checkedIn((await ana.get(addressOf({ client }))).text)).toEqual([]);
    expect(checkedIn((await ana.get(addressOf({ client, scopes: 'update' }))).text)).toEqual(['update']);
    const { text } = await ana.submit(addressOf({ client }), '/generate-token');
    expect(checkedIn(text)).toEqual([]);
  });

  it('are empty without a subscription, with a link to subscribe', async () => {
    const portal = await servePortal(manyApis);
    const ben = await signedIn(portal, BEN);
    await anApplication(portal, ben);
    const { text } = await ben.get('/generate-token');
    expect(boxesOf(text)).toEqual([]);
    expect(wordsOf(text)).toContain('My app is not subscribed to any API');
  });

  it('are all declared scopes if no APIs are declared', async () => {
    const portal = await servePortal({ scopes: manyApis.scopes, apis: {}, applications: [] });
    const ben = await signedIn(portal, BEN);
    await anApplication(portal, ben);
    const { text } = await ben.get('/generate-token');
    expect(boxesOf(text)).toEqual(['read', 'update (disabled)', 'count (disabled)', 'borrow', 'audit']);
  });
});

describe('the applications that are offered for a token', () => {
  const optionsOf = (text: string): readonly string[] =>
    [...text.matchAll(/<option value="[^"]*"[^>]*>([^<]*)</g)].map(([, label = '']) => label.trim());

  it('omit disabled ones with a note', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const id = await anApplication(portal, ben, { name: 'Blocked', apis: ['orders'] });
    await anApplication(portal, ben, { name: 'Open', apis: ['orders'] });
    const before = await ben.get(addressOf({ client: `${id}.production` }));
    await portal.gate.directory.applications.disable(id);
    const { text } = await ben.get('/generate-token');
    expect(optionsOf(text)).toEqual(['Open (production)']);
    expect(wordsOf(text)).toContain('Disabled applications are not offered: Blocked.');
    // A form from before that is no page that is not there.
    const answer = await ben.post('/generate-token', hiddenFields(before.text, '/generate-token'));
    expect(answer.status).toBe(200);
    expect(wordsOf(answer.text)).toContain('Blocked is disabled. Choose another application.');
    expect(answer.text).not.toContain('data-testid="access-token"');
  });

  it('are distinguished by the end of a key if two have the same name', async () => {
    const portal = await servePortal();
    const { applications } = portal.gate.directory;
    const keys: string[] = [];
    for (const name of ['Twin', 'TWIN', 'Single']) {
      const { id } = await applications.create({ name, owner: BEN.username });
      keys.push((await applications.generateKeys(id, { environment: 'production' })).clientId.slice(-4));
    }
    const ben = await signedIn(portal, BEN);
    const labels = optionsOf((await ben.get('/generate-token')).text);
    expect([...labels].sort()).toEqual(
      [`Twin (key …${keys[0]}) (production)`, `TWIN (key …${keys[1]}) (production)`, 'Single (production)'].sort(),
    );
    expect(wordsOf((await ben.get('/subscriptions')).text)).toContain(`Twin (key …${keys[0]})`);
  });
});

describe('a token for an application itself', () => {
  it('is offered to the owner of an application that was created in the portal', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const id = await anApplication(portal, ben, { apis: ['orders'] });
    const choice = { client: `${id}.production`, for: 'client' };
    const { text } = await ben.submit(addressOf(choice), '/generate-token', { 'scope read': 'on' });
    expect(text).toMatch(/data-testid="granted-scope"[^>]*>read</);
    expect(text).not.toContain('refresh-token');
  });

  it('requires the secret if the operator has declared the application', async () => {
    const portal = await servePortal();
    const ana = await signedIn(portal, ANA);
    const client = (await collect(portal.gate.directory.applications.list())).find(
      ({ name }) => name === 'Declared app',
    );
    const choice = { client: `${client?.id}.production`, for: 'client' };
    const { text } = await ana.get(addressOf(choice));
    expect(text).not.toContain('value="client"');
    expect(wordsOf(text)).toContain('needs its secret: request it at the token endpoint');
    const answer = await ana.submit(addressOf(choice), '/generate-token', { for: 'client', 'scope read': 'on' });
    expect(answer.text).not.toContain('data-testid="access-token"');
    expect(await collect(portal.gate.tokens.find({ clientId: 'key' }))).toEqual([]);
    const mine = await ana.submit(addressOf(choice), '/generate-token', { 'scope read': 'on' });
    expect(mine.text).toContain('data-testid="access-token"');
  });
});

describe('the form that generates a token', () => {
  it('issues one token however often it is sent, and says so', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const id = await anApplication(portal, ben, { apis: ['orders'] });
    const fields = { ...hiddenFields((await ben.get('/generate-token')).text, '/generate-token'), 'scope read': 'on' };
    expect((await ben.post('/generate-token', fields)).text).toContain('data-testid="access-token"');
    const again = await ben.post('/generate-token', fields);
    expect(again).toMatchObject({ status: 303, location: '/generate-token?done=before' });
    expect(wordsOf((await ben.get('/generate-token?done=before')).text)).toContain('This form was already submitted.');
    const clientId = (await portal.gate.directory.applications.find(id))?.keys.production?.clientId ?? '';
    expect(await collect(portal.gate.tokens.find({ clientId }))).toHaveLength(1);
  });

  it('shows the lifetime of the token in words', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    await anApplication(portal, ben, { apis: ['orders'] });
    const words = wordsOf((await ben.submit('/generate-token', '/generate-token')).text);
    expect(words).toMatch(/Copy the token now\. It won't be shown again\. It expires in 1 hour, at \d{4}-/);
    expect(words).toContain('none; the token carries the placeholder scope default');
  });
});
