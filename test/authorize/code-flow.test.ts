import { CodeBrowser, scopesOn } from '../support/authorize/code-browser';
import { aCodeClient, exchange, responseIn } from '../support/authorize/code-client';
import { ANA, servePortal } from '../support/portal/served-portal';
import { everyStore } from '../support/stores/every-store';

const call = async (url: string, token: string, method = 'GET'): Promise<number> =>
  (await fetch(url, { method, headers: { Authorization: `Bearer ${token}` } })).status;

describe.each(everyStore)('the code flow, with %s,', (_name, freshStore) => {
  it('leads through sign-in and consent to tokens for the allowed scopes', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    const signIn = await browser.open(client);
    expect([signIn.status, signIn.text.includes('Code app')]).toEqual([200, true]);
    const consent = await browser.signIn(signIn, ANA);
    expect(scopesOn(consent)).toEqual(['read', 'update']);
    const { status, location } = await browser.allow(consent, { except: ['update'] });
    const response = responseIn(location);
    expect([status, response]).toEqual([
      303,
      { code: expect.stringMatching(/^sgc_/) as string, state: 'state-1', iss: portal.url },
    ]);
    const { status: exchanged, body } = await exchange(portal, client, response['code']);
    expect([exchanged, body.scope]).toEqual([200, 'read']);
    expect(await call(`${portal.url}/orders`, body.access_token)).toBe(200);
    expect(await call(`${portal.url}/orders/1`, body.access_token, 'PUT')).toBe(403);
  });

  it('needs no page if the user has signed in and decided before, and a refused scope stays refused', async () => {
    const portal = await servePortal(await freshStore());
    const client = await aCodeClient(portal);
    const browser = new CodeBrowser(portal);
    await browser.allow(await browser.signIn(await browser.open(client), ANA), { except: ['update'] });
    const { status, location } = await browser.open(client);
    expect(status).toBe(303);
    expect((await exchange(portal, client, responseIn(location)['code'])).body.scope).toBe('read');
  });
});
