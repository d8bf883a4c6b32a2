import { CodeBrowser } from '../support/authorize/code-browser';
import { aCodeClient, exchange, postAs, type CodeClient, type Tokens } from '../support/authorize/code-client';
import { ANA, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { everyStore } from '../support/stores/every-store';
import { REFUSED_REFRESH } from '../support/tokens/refreshing';
import { aClock } from '../support/time/clock';

const GRACE = 10;

/** Presents a refresh token of a public client, which has no secret. */
const refresh = (portal: ServedPortal, client: CodeClient, { refresh_token }: Pick<Tokens, 'refresh_token'>) =>
  postAs(portal, '/token', client, { grant_type: 'refresh_token', refresh_token });

const statusOf = async ({ url }: ServedPortal, { access_token }: Tokens): Promise<number> =>
  (await fetch(`${url}/orders`, { headers: { Authorization: `Bearer ${access_token}` } })).status;

describe.each(everyStore)('a refresh token of a public client, in %s,', (_name, freshStore) => {
  const open = async () => {
    const clock = aClock();
    const portal = await servePortal({
      ...(await freshStore()),
      clock: clock.now,
      tokens: { refreshGrace: GRACE, accessTokenLifetime: 3_600 },
    });
    const client = await aCodeClient(portal, { public: true });
    const { code } = await new CodeBrowser(portal).authorize(client, ANA);
    return { clock, portal, client, first: (await exchange(portal, client, code)).body };
  };

  it('is replaced at each use, and a repeat in the grace window gets the same tokens again', async () => {
    const { clock, portal, client, first } = await open();
    const second = await refresh(portal, client, first);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    clock.advance(GRACE - 1);
    expect((await refresh(portal, client, first)).body).toMatchObject({
      access_token: second.body.access_token,
      refresh_token: second.body.refresh_token,
    });
    const third = await refresh(portal, client, second.body);
    expect([third.status, await statusOf(portal, third.body)]).toEqual([200, 200]);
  });

  it('that is used again after the grace window ends the grant with all its tokens', async () => {
    const { clock, portal, client, first } = await open();
    const { body: second } = await refresh(portal, client, first);
    clock.advance(GRACE);
    expect(await refresh(portal, client, first)).toEqual({ status: 400, body: REFUSED_REFRESH });
    expect(await statusOf(portal, second)).toBe(401);
    expect(await refresh(portal, client, second)).toEqual({ status: 400, body: REFUSED_REFRESH });
  });

  it('is refused for another public client, which ends nothing', async () => {
    const { portal, client, first } = await open();
    const other = await aCodeClient(portal, { name: 'Other app', public: true });
    expect(await refresh(portal, other, first)).toEqual({ status: 400, body: REFUSED_REFRESH });
    expect((await refresh(portal, client, first)).status).toBe(200);
  });
});

describe.each(everyStore)('a code that waits, in %s,', (_name, freshStore) => {
  it('is refused after the password of its user was changed', async () => {
    const portal = await servePortal(await freshStore());
    const { users } = portal.gate.directory;
    await users.create({ username: 'cleo', organization: 'johnsorg', password: 'the first password', roles: [] });
    const client = await aCodeClient(portal, { public: true });
    const credentials = { username: 'cleo@johnsorg', password: 'the first password' };
    const { code } = await new CodeBrowser(portal).authorize(client, credentials, { scope: 'read' });
    await users.setPassword('cleo@johnsorg', 'the second password');
    expect(await exchange(portal, client, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });
});
