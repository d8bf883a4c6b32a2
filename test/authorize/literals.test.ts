import type * as English from '../../src/pages/texts/en';
import { CodeBrowser } from '../support/authorize/code-browser';
import { aCodeClient } from '../support/authorize/code-client';
import type * as Pseudo from '../support/portal/pseudo-texts';
import { literalsIn } from '../support/portal/pseudo-texts';
import { servePortal, type ServedPortal } from '../support/portal/served-portal';

// German is the language in which every text is in brackets.
jest.mock('../../src/pages/texts/de', () => {
  const { pseudoTexts } = jest.requireActual<typeof Pseudo>('../support/portal/pseudo-texts');
  return { de: pseudoTexts(jest.requireActual<typeof English>('../../src/pages/texts/en').en) };
});

const userOf = (name: string, organization: string) => ({ name, organization, password: 'correct horse' });
const ZOE = userOf('zqzoe', 'zqorg');
const EVE = userOf('zqeve', 'zqother');

/** Every name that the pages show contains `zq`. */
const serve = (): Promise<ServedPortal> =>
  servePortal({
    scopes: { zqread: 'zqRead-orders', zqupdate: { description: 'zqChange-orders', roles: ['zqclerk'] } },
    apis: {
      zqorders: { title: 'zqOrders', resources: [{ path: '/', methods: ['GET'], scopes: ['zqread', 'zqupdate'] }] },
    },
    organizations: [{ key: 'zqorg' }, { key: 'zqother' }],
    users: [ZOE, EVE].map(({ name, ...user }) => ({ ...user, username: name, roles: ['zqclerk'] })),
    applications: [],
  });

const open = async (redirectUri: string) => {
  const portal = await serve();
  const owner = `${ZOE.name}@${ZOE.organization}`;
  const given = { name: 'zqApp', owner, subscriptions: ['zqorders'], redirectUris: [redirectUri] };
  const client = await aCodeClient(portal, given);
  const browser = new CodeBrowser(portal);
  browser.cookies.set('scopegate-language', 'de');
  const resource = `${portal.url}/zqorders`;
  return { browser, client, page: await browser.open(client, { scope: 'zqread zqupdate', resource }) };
};

const nameOf = ({ name, organization, password }: typeof ZOE) => ({ username: `${name}@${organization}`, password });

describe('the authorization endpoint in a language whose every text is in brackets', () => {
  it.each(['https://zq.example/x', 'http://127.0.0.1:8000/x', 'zq.example.app:/x'])(
    'shows no other word up to the consent for %s',
    async (redirectUri) => {
      const { browser, page } = await open(redirectUri);
      expect(page.status).toBe(200);
      expect(literalsIn(page.text)).toEqual([]);
      const wrong = await browser.submit(page, '/authorize/sign-in', { username: 'zq', password: 'wrong' });
      expect(literalsIn(wrong.text)).toEqual([]);
      const consent = await browser.signIn(page, nameOf(ZOE));
      expect(literalsIn(consent.text)).toEqual([]);
      const unticked = { 'scope zqread': 'unticked', 'scope zqupdate': 'unticked' };
      const none = await browser.submit(consent, '/authorize/decision', { decision: 'allow', ...unticked });
      expect([none.status, literalsIn(none.text)]).toEqual([400, []]);
    },
  );

  it('shows no other word to a user who may not use the application, nor on pages about errors', async () => {
    const { browser, page, client } = await open('https://zq.example/x');
    const answers = [
      await browser.signIn(page, nameOf(EVE)),
      await browser.get('/authorize/nowhere'),
      await browser.get('/authorize/resume'),
      await browser.get('/authorize'),
      await browser.open(client, { client_id: 'zq' }),
      await browser.open(client, { redirect_uri: 'https://other.example' }),
      await browser.open(client, { redirect_uri: undefined }),
      await browser.open(client, { state: 'x'.repeat(2_001) }),
      await browser.open(client, { state: ['1', '2'] }),
      await browser.post('/authorize/nowhere', {}),
    ];
    expect(answers.map(({ text }) => literalsIn(text))).toEqual(answers.map(() => []));
  });
});
