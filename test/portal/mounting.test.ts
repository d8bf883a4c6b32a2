import express from 'express';
import request from 'supertest';
import { scopegate, type PortalOptions } from 'scopegate';
import { APPLICATION, aGate, closeAtEnd, gateOptions, JOHN, recordedLogger } from '../support/gate/gate';
import { randomPrefix, testRedis } from '../support/redis/redis';
import { endAtEnd } from '../support/redis/clients';
import { thrownBy } from '../support/expect/thrown';
import { passwordForm } from '../support/tokens/forms';

const aPortalAt = (mount: string, options?: PortalOptions) => {
  const gate = closeAtEnd(scopegate(gateOptions(recordedLogger().logger)));
  return express().use(mount, gate.portal(options));
};

const opening = (options: object, gateOverrides: object = {}) => {
  const gate = closeAtEnd(scopegate({ ...gateOptions(recordedLogger().logger), ...gateOverrides }));
  return thrownBy(() => gate.portal(options));
};

describe('options of the portal', () => {
  it.each<[string, object, RegExp]>([
    ['an unknown option', { singUp: true }, /singUp: is unknown; did you mean "signUp"\?/],
    ['an invalid switch', { signUp: 'yes' }, /signUp: must be true, false or \{ organizations: \['johnsorg'\] \}/],
    ['an invalid title', { title: '' }, /title: must be a string of 1 to 100 characters/],
    ['a public path with a slash at its end', { publicPath: '/gw/' }, /publicPath: must be a path such as/],
    ['a public path that is an address', { publicPath: '//gw' }, /publicPath: must be a path such as/],
    ['a public path with dot segments', { publicPath: '/gw/..' }, /publicPath: must be a path such as/],
    ['an address of the APIs without a scheme', { apiUrl: 'api.example.com' }, /apiUrl: must be an http or https/],
    ['an address of the APIs with a query', { apiUrl: 'https://a.example/?b' }, /apiUrl: must be an http or https/],
    ['an address of the APIs with an invalid port', { apiUrl: 'https://a.example:99999' }, /apiUrl: is not an/],
  ])('are refused with %s', (_what, options, message) => {
    expect(opening(options)).toMatchObject({
      code: 'ERR_SCOPEGATE_OPTION',
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([true, { organizations: ['johnsorg'] }])('allow no sign-up with external users: %j', (signUp) => {
    const users = () => null;
    expect(opening({ signUp }, { users })).toMatchObject({
      message: expect.stringContaining('is not possible with a users function') as string,
    });
    expect(opening({}, { users })).toBeUndefined();
  });

  it('allow a sign-up beside organizations only in those that are listed', () => {
    expect(opening({ signUp: true })).toMatchObject({
      code: 'ERR_SCOPEGATE_OPTION',
      message: expect.stringMatching(
        /signUp: is true, but there are organizations: list .* \{ organizations: \['johnsorg'\] \}/,
      ) as string,
    });
    expect(opening({ signUp: { organizations: ['JohnsOrg', 'made-later'] } })).toBeUndefined();
    expect(opening({ signUp: true }, { organizations: [], users: [], applications: [] })).toBeUndefined();
  });

  it.each<[string, object, RegExp]>([
    ['no list', {}, /signUp\.organizations: must have 1 to 100 keys of organizations/],
    ['an empty list', { organizations: [] }, /signUp\.organizations: must have 1 to 100 keys of organizations/],
    ['a text', { organizations: 'johnsorg' }, /signUp\.organizations: must be a list/],
    [
      'a key that no organization can have',
      { organizations: ['a', 'b c'] },
      /signUp\.organizations\[1\]: must be 1 to 64/,
    ],
    ['too many keys', { organizations: Array(101).fill('a') }, /signUp\.organizations: must have at most 100 entries/],
    ['a misspelt key', { organisations: ['johnsorg'] }, /signUp\.organisations: is unknown; did you mean/],
  ])('are refused if those that a new user may join are %s', (_what, signUp, message) => {
    expect(opening({ signUp })).toMatchObject({
      code: 'ERR_SCOPEGATE_OPTION',
      message: expect.stringMatching(message) as string,
    });
  });

  it('set the title of the pages as text', async () => {
    const { text } = await request(aPortalAt('/store', { title: 'Our <b>APIs</b>' }))
      .get('/store/sign-in')
      .expect(200);
    expect(text).toContain('<title>Sign in · Our &lt;b&gt;APIs&lt;/b&gt;</title>');
    expect(text).not.toContain('<b>');
  });
});

describe('a portal', () => {
  it.each(['/store/sign-in', '/store/', '/store/nothing', '/store/assets/nothing'])(
    'sends Strict-Transport-Security to browsers on https, unless the host sets the header itself: %s',
    async (path) => {
      const app = aPortalAt('/store').set('trust proxy', 1);
      const https = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '203.0.113.9' };
      const { headers } = await request(app).get(path).set(https);
      expect(headers['strict-transport-security']).toBe('max-age=31536000');
      expect((await request(app).get(path)).headers).not.toHaveProperty('strict-transport-security');

      const strict = express().set('trust proxy', 1);
      strict.use((_request, response, next) => {
        response.setHeader('Strict-Transport-Security', 'max-age=63072000; includeSubDomains');
        next();
      });
      const answer = await request(strict.use(aPortalAt('/')))
        .get(path.replace('/store', ''))
        .set(https);
      expect(answer.headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains');
    },
  );

  it('sends its script over https with the header as well', async () => {
    const app = aPortalAt('/store').set('trust proxy', 1);
    const { text } = await request(app).get('/store/sign-in');
    const [, script = ''] = /src="([^"]+)"/.exec(text) ?? [];
    const answer = await request(app).get(script).set('X-Forwarded-Proto', 'https');
    expect(answer.headers).toMatchObject({ 'strict-transport-security': 'max-age=31536000' });
  });

  it.each(['/', '/store', '/a/deep/store'])('works at any mount path, such as %s', async (mount) => {
    const app = aPortalAt(mount);
    const base = mount === '/' ? '' : mount;
    await request(app).get(`${base}/`).expect(303).expect('Location', `${base}/sign-in`);
    const { text } = await request(app).get(`${base}/sign-in`).expect(200);
    const linked = [...text.matchAll(/(?:href|src)="([^"#]*)"/g)].map(([, address = '']) => address);
    expect(linked).toEqual([...linked.slice(0, 3), `${base}/apis`]);
    for (const address of linked.slice(0, 3)) await request(app).get(address).expect(200);
    expect(text).toContain(`action="${base}/sign-in"`);
  });

  it.each([
    ['/gw/store', '/gw/store'],
    ['/', ''],
  ])('writes its links for the public path %s', async (publicPath, base) => {
    const app = aPortalAt('/store', { publicPath });
    await request(app).get('/store/').expect(303).expect('Location', `${base}/sign-in`);
    const { text } = await request(app).get('/store/sign-in').expect(200);
    const linked = [...text.matchAll(/(?:href|src|action)="([^"#]*)"/g)].map(([, address = '']) => address);
    const paths = ['assets/icon.svg', 'assets/portal.css', 'assets/portal.js', 'apis', 'sign-in', 'language'];
    expect(linked.map((address) => address.replace(/\?.*/, ''))).toEqual(paths.map((path) => `${base}/${path}`));
  });

  it('answers 404 to unknown paths, and passes no request on to later handlers', async () => {
    const app = aPortalAt('/store').use((_request, response) => response.send('behind'));
    const { status, text } = await request(app).get('/store/nothing');
    expect(status).toBe(404);
    expect(text).not.toContain('behind');
  });

  it.each([
    '/store/APIS',
    '/store/apis/',
    '/store//apis',
    '/store/%61pis',
    '/store/applications/%2E%2E',
    '/store/a%00',
    '/store/%zz',
  ])('answers 404 to %s, because each page has one spelling', async (path) => {
    await request(aPortalAt('/store')).get(path).expect(404);
  });

  it('answers 405 with the allowed methods', async () => {
    await request(aPortalAt('/store')).delete('/store/sign-in').expect(405).expect('Allow', 'GET, POST');
  });

  it('answers HEAD like GET, without a body', async () => {
    const { status, text } = await request(aPortalAt('/store')).head('/store/sign-in');
    expect({ status, text }).toEqual({ status: 200, text: undefined });
  });

  it('serves forms whose addresses name them', async () => {
    const app = aPortalAt('/store');
    await request(app)
      .get('/store/generate-token')
      .expect(303)
      .expect('Location', '/store/sign-in?return=%2Fgenerate-token');
    const { text } = await request(app).get('/store/sign-in?return=%2Fgenerate-token');
    expect(text).toContain('name="return" value="/generate-token"');
  });
});

describe('last uses of tokens', () => {
  const keysAfterUse = async (open: 'a portal' | 'none'): Promise<readonly string[]> => {
    const redis = endAtEnd(await testRedis());
    const prefix = randomPrefix();
    const gate = aGate({ redis, prefix, deadline: 5_000 });
    if (open === 'a portal') gate.gate.portal();
    const { body } = await gate.token(passwordForm(JOHN, 'read'), APPLICATION).expect(200);
    await gate.get('/me', (body as { access_token: string }).access_token).expect(200);
    await gate.gate.close(); // writes what is left
    return (await redis.keys(`${prefix}*`)).filter((key) => key.endsWith('}:u'));
  };

  it('are stored if there is a portal to show them', async () => {
    expect(await keysAfterUse('a portal')).toHaveLength(1);
  });

  it('are not stored without a portal', async () => {
    expect(await keysAfterUse('none')).toEqual([]);
  });
});
