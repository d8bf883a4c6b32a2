import express from 'express';
import { ConfigurationError, scopegate, type RequestFacts } from 'scopegate';
import { authorizeQuery, aCodeClient } from '../support/authorize/code-client';
import { closeAtEnd, gateOptions, JOHN, recordedLogger } from '../support/gate/gate';
import { atItsAddress } from '../support/gate/own-address';
import { serve } from '../support/http/raw-http';

describe('the authorization endpoint', () => {
  it.each(['', '/tenants/a'])('is below the path %j of the issuer, and so are its pages and files', async (path) => {
    const served = await atItsAddress(path);
    const client = await aCodeClient(served, { owner: JOHN[0], subscriptions: [] });
    const page = await fetch(`${served.issuer}/authorize?${authorizeQuery(client)}`);
    const text = await page.text();
    expect(page.status).toBe(200);
    expect(text).toContain(`<form method="post" action="${path}/authorize/sign-in">`);
    const [stylesheet = ''] = /[^"]*page\.css\?v=[^"]*/.exec(text) ?? [];
    expect(stylesheet.startsWith(`${path}/authorize/assets/`)).toBe(true);
    expect((await fetch(served.origin + stylesheet)).status).toBe(200);
  });

  it('can have another path, and takes none away if it is left out', async () => {
    const served = await atItsAddress('', { paths: { authorize: '/oauth2/auth' } });
    const client = await aCodeClient(served, { owner: JOHN[0], subscriptions: [] });
    const query = authorizeQuery(client);
    expect((await fetch(`${served.origin}/oauth2/auth?${query}`)).status).toBe(200);
    expect((await fetch(`${served.origin}/authorize?${query}`)).status).toBe(418);
    const without = await atItsAddress('', { paths: { authorize: false } });
    expect((await fetch(`${without.origin}/authorize/sign-in`)).status).toBe(418);
  });

  it('allows no other endpoint below it', () => {
    const options = { ...gateOptions(recordedLogger().logger), paths: { live: '/authorize/live' } };
    expect(() => scopegate(options)).toThrow(ConfigurationError);
    expect(() => scopegate(options)).toThrow('paths.live: is below the pages of authorize: /authorize/live');
  });

  it('is the place in the facts about its requests, with the client and the reason of a refusal', async () => {
    const { logger } = recordedLogger();
    const gate = closeAtEnd(scopegate({ ...gateOptions(logger), issuer: 'http://127.0.0.1' }));
    const observed: RequestFacts[] = [];
    const app = express();
    app.use((request, _response, next) => {
      observed.push(gate.observe(request));
      next();
    });
    const { url } = await serve(app.use(gate.routes()));
    const client = await aCodeClient({ gate }, { owner: JOHN[0], subscriptions: [] });
    for (const changes of [{ prompt: 'none' }, { redirect_uri: 'https://evil.example' }, {}]) {
      await fetch(`${url}/authorize?${authorizeQuery(client, changes)}`, { redirect: 'manual' });
    }
    const { clientId } = client;
    expect(observed).toEqual([
      { place: 'authorize', clientId, reason: 'login_required' },
      { place: 'authorize', reason: 'invalid_request' },
      { place: 'authorize', clientId },
    ]);
  });
});
