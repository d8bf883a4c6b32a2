import { CodeBrowser, fieldsOf, type Shown } from '../support/authorize/code-browser';
import { aCodeClient, exchange, responseIn } from '../support/authorize/code-client';
import { ANA, servePortal } from '../support/portal/served-portal';
import { everyStore } from '../support/stores/every-store';
import { aClock } from '../support/time/clock';

const ENDED = 'Go back to the application and start again.';

const transactionOf = ({ text }: Shown): string => /name="transaction" value="([^"]+)"/.exec(text)?.[1] ?? '';

const expectEnded = ({ status, text, location }: Shown) =>
  expect([status, location, text.includes(ENDED)]).toEqual([400, undefined, true]);

describe.each(everyStore)('an authorization request that waits, with %s,', (_name, freshStore) => {
  it('ends after ten minutes', async () => {
    const clock = aClock();
    const portal = await servePortal({ ...(await freshStore()), clock: clock.now });
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const page = await browser.open(client);
    clock.advance(599);
    const consent = await browser.signIn(page, ANA);
    expect(consent.text).toContain('Allow Code app?');
    clock.advance(2);
    expectEnded(await browser.submit(page, '/authorize/sign-in', { ...ANA }));
    expectEnded(await browser.allow(consent));
    expectEnded(await browser.get(`/authorize/resume?transaction=${transactionOf(page)}`));
  });

  it('is of one browser', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const [browser, other] = [new CodeBrowser(portal), new CodeBrowser(portal)];
    const page = await browser.open(client);
    await other.open(client);
    for (const stranger of [other, new CodeBrowser(portal)]) {
      expectEnded(await stranger.get(`/authorize/resume?transaction=${transactionOf(page)}`));
      expectEnded(await stranger.get(`/authorize/sign-in?transaction=${transactionOf(page)}`));
      expectEnded(await stranger.submit(page, '/authorize/sign-in', { ...ANA }));
      expectEnded(await stranger.deny(page));
    }
    expect((await browser.signIn(page, ANA)).status).toBe(200);
  });

  it('gets one response, however often and concurrently its form is sent', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const page = await browser.signIn(await browser.open(client), ANA);
    const answers = await Promise.all(Array.from({ length: 8 }, () => browser.allow(page)));
    const [sent, ...more] = answers.filter(({ status }) => status === 303);
    expect(more).toEqual([]);
    expect((await exchange(portal, client, responseIn(sent?.location)['code'])).status).toBe(200);
    for (const answer of answers.filter(({ status }) => status !== 303)) expectEnded(answer);
    expectEnded(await browser.allow(page));
    expectEnded(await browser.deny(page));
  });

  it('does not disturb another one in the same browser', async () => {
    const portal = await servePortal(await freshStore());
    const [first, second] = [await aCodeClient(portal), await aCodeClient(portal, { name: 'Second app' })];
    const browser = new CodeBrowser(portal);
    const [one, two] = [await browser.open(first, { state: 'one' }), await browser.open(second, { state: 'two' })];
    const consentTwo = await browser.signIn(two, ANA);
    const consentOne = await browser.signIn(one, ANA);
    expect(responseIn((await browser.allow(consentOne)).location)).toMatchObject({ state: 'one' });
    // The second sign-in began another session, for which the decision is made.
    const again = await browser.allow(consentTwo);
    const response = responseIn((again.status === 303 ? again : await browser.allow(again)).location);
    expect(response).toMatchObject({ state: 'two' });
    expect((await exchange(portal, second, response['code'])).status).toBe(200);
  });
});

describe('an authorization request that waits', () => {
  it('S-153 is not found under the name of an inherited property, and no prototype changes', async () => {
    const portal = await servePortal();
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const page = await browser.signIn(await browser.open(client), ANA);
    for (const transaction of ['__proto__', 'constructor', 'toString', '']) {
      const fields = { ...fieldsOf(page, '/authorize/decision'), transaction, decision: 'allow' };
      expectEnded(await browser.post('/authorize/decision', fields));
      expectEnded(await browser.get(`/authorize/resume?transaction=${transaction}`));
    }
    expect(({} as { client?: unknown }).client).toBeUndefined();
  });

  it('is counted by network, and beyond the limit a page with 429 and Retry-After is shown', async () => {
    const portal = await servePortal({ limits: { authorizationsPerNetwork: 2 } });
    const events: unknown[] = [];
    portal.gate.on('limit', (event) => events.push(event));
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    await browser.authorize(client, ANA);
    for (let count = 0; count < 4; count += 1) expect((await browser.open(client)).status).toBe(303); // does not wait
    await browser.open(client, { prompt: 'login' });
    const { status, headers, text } = await browser.open(client, { prompt: 'login' });
    expect([status, headers.get('retry-after')]).toEqual([429, '3600']);
    expect(text).toContain('Too many authorization requests from this network: the limit is 2 per hour.');
    expect(events).toEqual([
      expect.objectContaining({ type: 'limit', limit: 'authorizationsPerNetwork', network: '127.0.0.1' }),
    ]);
  });

  it('gets its response although the application was changed, or a page if that is not certain any more', async () => {
    const portal = await servePortal();
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const page = await browser.signIn(await browser.open(client), ANA);
    await portal.gate.directory.applications.setRedirectUris(client.id, ['https://app.example/other']);
    const { status, location } = await browser.allow(page);
    expect([status, location]).toEqual([400, undefined]);
    await portal.gate.directory.applications.setRedirectUris(client.id, [client.redirectUri]);
    await portal.gate.directory.applications.disable(client.id);
    expect((await browser.allow(page)).status).toBe(400);
  });

  it('has its cookie for this host alone, which no script reads, and over https only for https', async () => {
    const portal = await servePortal();
    const client = await aCodeClient(portal);
    const [cookie] = (await new CodeBrowser(portal).open(client)).headers.getSetCookie();
    expect(cookie).toMatch(/^scopegate-authorize=v[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    const secure = await servePortal({ issuer: 'https://api.example.com' });
    const own = await aCodeClient(secure);
    const [hosted] = (await new CodeBrowser(secure).open(own)).headers.getSetCookie();
    expect(hosted).toMatch(/^__Host-scopegate-authorize=v[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
  });
});
