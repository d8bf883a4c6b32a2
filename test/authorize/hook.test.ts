import type { SignInHook, SignInRequest } from 'scopegate';
import { CodeBrowser, scopesOn } from '../support/authorize/code-browser';
import { aCodeClient, exchange, postAs, responseIn } from '../support/authorize/code-client';
import { ANA, servePortal } from '../support/portal/served-portal';
import { aClock } from '../support/time/clock';

const open = async (signIn: SignInHook, options: Parameters<typeof servePortal>[0] = {}) => {
  const asked: SignInRequest[] = [];
  const portal = await servePortal({
    ...options,
    authorization: {
      signIn: (request, wanted) => {
        asked.push(wanted);
        return signIn(request, wanted);
      },
    },
  });
  const client = await aCodeClient(portal);
  return { portal, client, asked, browser: new CodeBrowser(portal) };
};

describe('a sign-in of a host application', () => {
  it('returns the user, who then decides and gets a code', async () => {
    const { portal, client, browser, asked } = await open(() => ({ user: ANA.username }));
    const consent = await browser.open(client, { login_hint: 'ana' });
    expect(scopesOn(consent)).toEqual(['read', 'update']);
    expect(asked).toEqual([
      {
        clientId: client.clientId,
        loginHint: 'ana',
        returnTo: expect.stringMatching(
          /^http:\/\/127\.0\.0\.1:\d+\/authorize\/resume\?transaction=[\w-]{43}$/,
        ) as string,
      },
    ]);
    const { body } = await exchange(portal, client, responseIn((await browser.allow(consent)).location)['code']);
    const info = await postAs(portal, '/introspect', client, { token: body.access_token });
    expect(info.body).toMatchObject({ username: ANA.username, scope: 'read update' });
  });

  it('redirects to its own page, and goes on with the same request when the browser returns', async () => {
    let user: string | undefined;
    const { client, browser, asked } = await open(() =>
      user === undefined ? { redirect: '/my/sign-in?a=b#c' } : { user },
    );
    const first = await browser.open(client);
    expect([first.status, first.location]).toEqual([303, '/my/sign-in?a=b#c']);
    user = ANA.username;
    const consent = await browser.get((asked[0]?.returnTo ?? '').replace(/^http:\/\/[^/]+/, ''));
    expect(scopesOn(consent)).toEqual(['read', 'update']);
    expect(responseIn((await browser.allow(consent)).location)).toMatchObject({ state: 'state-1' });
    expect(
      (
        await new CodeBrowser({ url: new URL(asked[0]?.returnTo ?? '').origin }).get(
          new URL(asked[0]?.returnTo ?? '').pathname,
        )
      ).status,
    ).toBe(400);
  });

  it('is asked for a new sign-in by prompt=login and by the link to another user, and must return its time', async () => {
    const clock = aClock();
    let authenticatedAt = clock.now();
    const hook: SignInHook = (_request, { prompt }) =>
      prompt === 'login' ? { redirect: 'https://sign-in.example/' } : { user: ANA.username, authenticatedAt };
    const { client, browser, asked } = await open(hook, { clock: clock.now });
    clock.advance(10);
    expect((await browser.open(client, { prompt: 'login' })).location).toBe('https://sign-in.example/');
    const back = new URL(asked[0]?.returnTo ?? '');
    expect((await browser.get(back.pathname + back.search)).location).toBe('https://sign-in.example/'); // not signed in since
    clock.advance(1);
    authenticatedAt = clock.now();
    const consent = await browser.get(back.pathname + back.search);
    expect(scopesOn(consent)).toEqual(['read', 'update']);
    const another = /href="([^"]*sign-in\?transaction=[^"]*)"/.exec(consent.text)?.[1] ?? '';
    expect((await browser.get(another)).location).toBe('https://sign-in.example/');
    clock.advance(100);
    expect((await browser.open(client, { max_age: '60' })).location).toBe('https://sign-in.example/');
    expect(asked.at(-1)).toMatchObject({ prompt: 'login', maxAge: 60 });
  });

  it('gets login_required with prompt=none in place of its page', async () => {
    const { client, browser } = await open(() => ({ redirect: '/my/sign-in' }));
    expect(responseIn((await browser.open(client, { prompt: 'none' })).location)).toMatchObject({
      error: 'login_required',
    });
  });

  it('that returns a user without a time for prompt or max_age is logged, and the client gets server_error', async () => {
    const { portal, client, browser } = await open(() => ({ user: ANA.username }));
    for (const changes of [{ prompt: 'login' }, { max_age: '60' }]) {
      expect(responseIn((await browser.open(client, changes)).location)).toMatchObject({ error: 'server_error' });
    }
    const problems = portal.lines.map(({ fields }) => fields['problem']);
    expect(problems).toContainEqual(expect.stringContaining('return authenticatedAt, or redirect to a new sign-in'));
  });

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['a text', 'ana'],
    ['neither user nor redirect', {}],
    ['both', { user: 'ana', redirect: '/x' }],
    ['a user that is no text', { user: 7 }],
    ['roles that are no list', { user: 'ana', roles: 'clerk' }],
    ['milliseconds', { user: 'ana', authenticatedAt: Date.now() }],
    ['another scheme', { redirect: 'javascript:alert(1)' }],
    ['another host over http', { redirect: 'http://evil.example/' }],
    ['another host as a path', { redirect: '//evil.example/' }],
    ['a path with a backslash', { redirect: '/\\evil.example/' }],
    ['credentials in the address', { redirect: 'https://a:b@sign-in.example/' }],
    ['a line break', { redirect: '/a\r\nSet-Cookie: a=b' }],
  ])('that returns %s is logged with the rule, and the client gets server_error', async (_case, result) => {
    const { portal, client, browser } = await open((() => result) as unknown as SignInHook);
    expect(responseIn((await browser.open(client)).location)).toMatchObject({
      error: 'server_error',
      state: 'state-1',
    });
    const problems = portal.lines.map(({ fields }) => fields['problem']);
    expect(problems).toContainEqual(expect.stringMatching(/^authorization\.signIn must return /));
    expect(portal.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('that throws or is late is answered with a page and 503, without what it threw', async () => {
    const events: unknown[] = [];
    for (const signIn of [
      () => Promise.reject(new Error('secret-text')),
      () => new Promise<never>(() => undefined),
    ] satisfies readonly SignInHook[]) {
      const { portal, client, browser } = await open(signIn, { usersDeadline: 50 });
      portal.gate.on('deny', ({ place, reason }) => events.push([place, reason]));
      const { status, headers, text } = await browser.open(client);
      expect([status, headers.get('retry-after'), text.includes('secret-text')]).toEqual([503, '1', false]);
      expect(JSON.stringify(portal.lines)).not.toContain('secret-text');
      for (const prompt of ['none', 'none ']) {
        const silent = await browser.open(client, { prompt });
        expect(responseIn(silent.location)).toMatchObject({ error: 'temporarily_unavailable' });
      }
    }
    expect(events).toEqual([
      ['authorize', 'users_failed'],
      ['authorize', 'users_deadline'],
    ]);
  });

  it('of a user who does not exist or may not use the application ends at a page', async () => {
    const { client, browser } = await open(() => ({ user: 'nobody@johnsorg' }));
    expect((await browser.open(client)).status).toBe(403);
  });

  it('takes the place of the form for name and password', async () => {
    const { browser } = await open(() => ({ user: ANA.username }));
    const { status, headers } = await browser.post('/authorize/sign-in', { ...ANA });
    expect([status, headers.get('allow')]).toEqual([405, 'GET']);
  });

  it('takes the id and the roles of a user of a users function', async () => {
    const users = () => null;
    const { portal, client, browser } = await open(() => ({ user: 'id-7', roles: ['clerk'] }), { users });
    const consent = await browser.open(client);
    expect(scopesOn(consent)).toEqual(['read', 'update']);
    const { body } = await exchange(portal, client, responseIn((await browser.allow(consent)).location)['code']);
    expect(body.scope).toBe('read update');
  });
});
