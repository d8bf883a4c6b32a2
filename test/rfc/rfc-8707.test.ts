import type { RequestHandler } from 'express';
import type { ScopegateOptions } from 'scopegate';
import { SharedMemory } from '../../src/stores/memory/shared-memory';
import { APPLICATION, JOHN, subscribing, type TestScope, type TokenBody } from '../support/gate/gate';
import { atItsAddress, documentAt, listIn } from '../support/gate/own-address';
import { everyCodeStore, expectIssued, openCodeGates } from '../support/tokens/code-gates';
import { clientForm, encodeForm, passwordForm, refreshForm } from '../support/tokens/forms';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { challengeOf } from '../support/http/challenge';

const OPTIONS: Partial<ScopegateOptions<TestScope>> = {
  apis: {
    orders: { resources: [{ path: '/', methods: ['GET'], scopes: ['read'] }] },
    stock: { resources: [{ path: '/', methods: ['GET'], scopes: ['update'] }] },
  },
  applications: subscribing('orders', 'stock'),
};

/** A gate that is served at the address of its issuer. */
const open = async () => {
  const { origin } = await atItsAddress('', OPTIONS, (app, gate) => {
    const served: RequestHandler = (_request, response) => void response.json({ served: true });
    app.use('/orders', gate.api('orders'), served).use('/stock', gate.api('stock'), served);
  });
  const authorization = `Basic ${Buffer.from(APPLICATION.join(':')).toString('base64')}`;
  const post = async (path: string, form: string) => {
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(origin + path, { method: 'POST', headers, body: form });
    return { status: answer.status, body: (await answer.json()) as TokenBody & { readonly aud?: string } };
  };
  const token = (form: Readonly<Record<string, string>>, ...resources: readonly string[]) =>
    post('/token', encodeForm(form) + resources.map((value) => `&resource=${encodeURIComponent(value)}`).join(''));
  const statusAt = async (url: string, { access_token: text }: TokenBody): Promise<number> =>
    (await fetch(url, { headers: { authorization: `Bearer ${text}` } })).status;
  return { origin, post, token, statusAt };
};

describe('RFC 8707', () => {
  it('§2 resource is an absolute URI, with the identifiers of the metadata as its values', async () => {
    const { origin, token } = await open();
    const server = await documentAt(`${origin}/.well-known/oauth-authorization-server`);
    const resources = listIn(server, 'protected_resources');
    expect(resources).toEqual([`${origin}/orders`, `${origin}/stock`]);
    for (const resource of resources ?? []) expect((await token(clientForm(), resource)).status).toBe(200);
    for (const relative of ['/orders', 'orders', '//127.0.0.1/orders']) {
      expect(await token(clientForm(), relative)).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    }
  });

  it('§2 resource must not include a fragment', async () => {
    const { origin, token } = await open();
    for (const fragment of ['#', '#part']) {
      const refused = await token(clientForm(), `${origin}/orders${fragment}`);
      expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    }
  });

  it('§2 resource may be sent several times, and invalid_target means that it is unknown or not acceptable', async () => {
    const { origin, token } = await open();
    const twice = [`${origin}/orders`, `${origin}/orders`];
    expect((await token(clientForm(), ...twice)).status).toBe(200);
    for (const values of [[`${origin}/orders`, `${origin}/stock`], ['https://other.example/']]) {
      expect(await token(clientForm(), ...values)).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    }
  });

  it('§2 the access token is restricted to the resource, whichever grant type is used', async () => {
    const { origin, token, statusAt } = await open();
    for (const form of [clientForm(), passwordForm(JOHN), passwordForm(JOHN, 'read update')]) {
      const { body } = await token(form, `${origin}/orders`);
      expect([await statusAt(`${origin}/orders`, body), await statusAt(`${origin}/stock`, body)]).toEqual([200, 401]);
    }
  });

  it('§2 a resource server learns the audience by introspection, and refuses a token for another one', async () => {
    const { origin, post, token } = await open();
    const { body } = await token(clientForm(), `${origin}/orders`);
    expect((await post('/introspect', encodeForm({ token: body.access_token }))).body.aud).toBe(`${origin}/orders`);
    const refused = await fetch(`${origin}/stock`, { headers: { authorization: `Bearer ${body.access_token}` } });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('§2 a request without resource gets a token that is not restricted', async () => {
    const { origin, token, statusAt } = await open();
    const { body } = await token(passwordForm(JOHN, 'read update'));
    expect([await statusAt(`${origin}/orders`, body), await statusAt(`${origin}/stock`, body)]).toEqual([200, 200]);
  });

  it('§2.2 a refresh gets a token for a resource of the grant, and for no other', async () => {
    const { origin, token, statusAt } = await open();
    const { body: first } = await token(passwordForm(JOHN, 'read update'), `${origin}/orders`);
    const wider = await token(refreshForm(first.refresh_token), `${origin}/stock`);
    expect(wider).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    const { body: second } = await token(refreshForm(first.refresh_token));
    expect([await statusAt(`${origin}/orders`, second), await statusAt(`${origin}/stock`, second)]).toEqual([200, 401]);
  });

  it.each(everyCodeStore)(
    '§2.2 a code for several resources is redeemed for one, and refreshed for another (%s)',
    async (_name, freshStore) => {
      const { gate, issueCode, redeem, keys } = await openCodeGates(await freshStore());
      const [orders, stock] = ['http://127.0.0.1/orders', 'http://127.0.0.1/stock'];
      const code = await issueCode({ resources: [orders, stock], scopes: ['read', 'count'] });
      const first = expectIssued(await redeem(code, { resource: orders }));
      await gate.get('/orders', first.access_token).expect(200);
      await gate.get('/stock', first.access_token).expect(401);
      const form = { ...refreshForm(first.refresh_token), resource: stock };
      const second = expectIssued(await gate.token(form, keys));
      await gate.get('/stock', second.access_token).expect(200);
      await gate.get('/orders', second.access_token).expect(401);
    },
  );

  it('§2.2 the requested resource of a code is one that the user has allowed', async () => {
    const { gate, issueCode, redeem } = await openCodeGates({ memory: new SharedMemory() });
    const code = await issueCode({ resources: ['http://127.0.0.1/orders'] });
    const refused = await redeem(code, { resource: 'http://127.0.0.1/stock' });
    expectCleanAnswer(refused, { status: 400, error: 'invalid_target' });
    const { access_token: token } = expectIssued(await redeem(code));
    const elsewhere = await gate.get('/stock', token);
    expect([elsewhere.status, challengeOf(elsewhere).parameters['error']]).toEqual([401, 'invalid_token']);
  });

  it('§3 an access token has one audience at most, so that no resource can use it at another', async () => {
    const { origin, post, token } = await open();
    const { body } = await token(clientForm(), `${origin}/orders`, `${origin}/orders`);
    expect((await post('/introspect', encodeForm({ token: body.access_token }))).body.aud).toBe(`${origin}/orders`);
  });
});
