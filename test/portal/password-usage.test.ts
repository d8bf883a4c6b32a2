import { createMemoryStore } from 'scopegate';
import { postAsApplication } from '../support/portal/application-requests';
import { ANA, BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { signedIn, withKeys } from '../support/portal/visitor';
import { aClock } from '../support/time/clock';

const DAY = 86_400;

const signInAtEndpoint = async (portal: ServedPortal): Promise<void> => {
  const form = { grant_type: 'password', username: ANA.username, password: ANA.password };
  expect((await postAsApplication(portal, '/token', form)).status).toBe(200);
};

const wordsOf = (text: string): string => text.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

/** The sentences of the page of the declared application about the password grant. */
const usageOn = async (portal: ServedPortal, id = 'key', user: typeof ANA | typeof BEN = ANA) => {
  const { text } = await (await signedIn(portal, user)).get(`/applications/${id}`);
  return /Password grant: [^.]*\.(?: To leave it[^.]*\.)?/.exec(wordsOf(text))?.[0];
};

describe('the page of an application', () => {
  it('counts the password grants of the last 30 days, and names the last day', async () => {
    const clock = aClock();
    const portal = await servePortal({ clock: clock.now });
    expect(await usageOn(portal)).toBe('Password grant: no tokens in the last 30 days.');
    await signInAtEndpoint(portal);
    clock.advance(3 * DAY);
    await signInAtEndpoint(portal);
    const last = new Date(clock.now() * 1000).toISOString().slice(0, 10);
    expect(await usageOn(portal)).toBe(`Password grant: 2 tokens in the last 30 days, last on ${last} (UTC).`);
    clock.advance(28 * DAY);
    expect(await usageOn(portal)).toBe(`Password grant: 1 token in the last 30 days, last on ${last} (UTC).`);
    clock.advance(30 * DAY);
    expect(await usageOn(portal)).toBe('Password grant: no tokens in the last 30 days.');
  });

  it('shows how to leave the password grant, and nothing about it to an application that may not use it', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const { id, key, secret } = await withKeys(ben);
    await fetch(`${portal.url}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'password', username: BEN.username, password: BEN.password }),
    });
    const usage = await usageOn(portal, id, BEN);
    expect(usage).toContain('1 token in the last 30 days');
    expect(usage).toContain('To leave it, set redirect URIs and use the authorization code.');
    expect((await ben.get(`/applications/${id}`)).text).toContain('<a href="#redirectUris">To leave it');
    const other = await withKeys(ben, 'Other app');
    await portal.gate.directory.applications.setGrantTypes(other.id, ['client_credentials']);
    expect(await usageOn(portal, other.id, BEN)).toBeUndefined();
  });

  it('summarizes the requests of the application in the same part, unless usage is switched off', async () => {
    const [counting, switchedOff] = [await servePortal(), await servePortal({ usage: false })];
    const partOf = async (portal: ServedPortal) => {
      const { text } = await (await signedIn(portal, ANA)).get('/applications/key');
      return /<section id="usage">[\s\S]*?<\/section>/.exec(text)?.[0] ?? '';
    };
    const part = await partOf(counting);
    expect(wordsOf(part)).toMatch(/Usage No requests in the last 24 hours\..*Password grant: /);
    expect(part).toContain('href="/store/applications/key/usage"');
    expect(wordsOf(await partOf(switchedOff))).toMatch(/^ Usage Password grant: /);
  });

  it('counts what other gates on the same store have written', async () => {
    const memory = createMemoryStore();
    const [portal, other] = [await servePortal({ memory }), await servePortal({ memory })];
    await signInAtEndpoint(other);
    await other.close();
    expect(await usageOn(portal)).toContain('1 token in the last 30 days');
  });
});
