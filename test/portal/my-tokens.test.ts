import { ANA, BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { hiddenFields, signedIn, withKeys } from '../support/portal/visitor';
import { collect } from '../support/stores/collect';
import { aClock } from '../support/time/clock';

const wordsOf = ({ text }: { readonly text: string }): string =>
  (/<main[\s\S]*<\/main>/.exec(text)?.[0] ?? '').replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

const grantsIn = ({ text }: { readonly text: string }): readonly string[] =>
  [...text.matchAll(/action="\/store\/tokens\/([\w-]{16})\/revoke"/g)].map(([, grantId = '']) => grantId);

const issue = async ({ gate }: ServedPortal, clientId: string, count: number): Promise<void> => {
  for (let issued = 0; issued < count; issued += 1) await gate.tokens.issue({ clientId });
};

describe('My tokens', () => {
  it('lists 50 tokens per page, the newest first, with links to the others', async () => {
    const clock = aClock();
    const portal = await servePortal({ clock: clock.now });
    const ben = await signedIn(portal, BEN);
    const { key } = await withKeys(ben);
    await issue(portal, key, 60);
    clock.advance(60);
    await issue(portal, key, 60);
    const pages = [];
    for (const path of ['/tokens', '/tokens?page=2', '/tokens?page=3']) pages.push(await ben.get(path));
    expect(pages.map((page) => grantsIn(page).length)).toEqual([50, 50, 20]);
    expect(new Set(pages.flatMap(grantsIn)).size).toBe(120);
    expect(pages.map((page) => /[\d,]+–[\d,]+ of [\d,]+/.exec(wordsOf(page))?.[0])).toEqual([
      '1–50 of 120',
      '51–100 of 120',
      '101–120 of 120',
    ]);
    expect(pages[1]?.text).toMatch(/href="\/store\/tokens" rel="prev"[\s\S]*href="\/store\/tokens\?page=3" rel="next"/);
    const expiries = pages.flatMap(({ text }) => [...text.matchAll(/in \d+ minutes(?=<)/g)].map(([found]) => found));
    expect(expiries.slice(0, 60).every((expiry) => expiry === expiries[0])).toBe(true);
    expect(expiries[60]).not.toBe(expiries[59]);
    for (const odd of ['0', '-1', 'x', '99', '1e1', '9'.repeat(30)]) {
      expect((await ben.get(`/tokens?page=${odd}`)).status).toBe(200);
    }
  });

  it('lists the tokens of one application, of which the page keeps the choice', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const [one, two] = [await withKeys(ben, 'One'), await withKeys(ben, 'Two')];
    await issue(portal, one.key, 51);
    await issue(portal, two.key, 2);
    const page = await ben.get(`/tokens?application=${two.id}`);
    expect(grantsIn(page)).toHaveLength(2);
    expect(page.text).toContain(`<option value="${two.id}" selected>Two</option>`);
    expect(page.text).toContain(`action="/store/applications/${two.id}/revoke-tokens"`);
    const first = await ben.get(`/tokens?application=${one.id}`);
    expect(first.text).toContain(`href="/store/tokens?application=${one.id}&amp;page=2" rel="next"`);
    const empty = await withKeys(ben, 'Empty');
    expect(wordsOf(await ben.get(`/tokens?application=${empty.id}`))).toContain('No live tokens of Empty.');
  });

  it('S-289 po-idor: lists no tokens of an application of another user', async () => {
    const portal = await servePortal();
    const [ben, ana] = [await signedIn(portal, BEN), await signedIn(portal, ANA)];
    const { id, key } = await withKeys(ben);
    await issue(portal, key, 1);
    for (const application of [id, 'nothing', '%00', 'x'.repeat(2_000)]) {
      expect((await ana.get(`/tokens?application=${application}`)).status).toBe(404);
    }
  });

  it('opens at the following row after Revoke, on the same page of the same list', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const { id, key } = await withKeys(ben);
    await issue(portal, key, 53);
    const path = `/tokens?application=${id}&page=2`;
    const before = await ben.get(path);
    const [first = '', second = '', third = ''] = grantsIn(before);
    const action = `/tokens/${first}/revoke`;
    const { location = '' } = await ben.post(action, hiddenFields(before.text, action));
    expect(location).toBe(`/tokens?application=${id}&done=revoked&page=2#revoke-${second}`);
    const after = await ben.get(location.split('#')[0] ?? '');
    expect(grantsIn(after)).toEqual([second, third]);
    expect(wordsOf(after)).toContain('The token has ended.');
    expect(after.text).toContain(`id="revoke-${second}"`);
    const last = `/tokens/${third}/revoke`;
    expect((await ben.post(last, hiddenFields(after.text, last))).location).toContain(`#revoke-${second}`);
  });

  it('takes nothing from a forged form into the address that it redirects to', async () => {
    const portal = await servePortal();
    const ben = await signedIn(portal, BEN);
    const { key } = await withKeys(ben);
    await issue(portal, key, 1);
    const page = await ben.get('/tokens');
    const [grantId = ''] = grantsIn(page);
    const fields = {
      ...hiddenFields(page.text, `/tokens/${grantId}/revoke`),
      next: '"><b>',
      page: '2&x=y',
      application: 'a b&c',
    };
    const { location } = await ben.post(`/tokens/${grantId}/revoke`, fields);
    expect(location).toBe('/tokens?application=a+b%26c&done=revoked');
  });

  it('shows the time until a token expires in the language of the visitor, and the instant as its title', async () => {
    const clock = aClock();
    const portal = await servePortal({ clock: clock.now });
    const ben = await signedIn(portal, BEN);
    const { key } = await withKeys(ben);
    await issue(portal, key, 1);
    clock.advance(90);
    const [grant] = await collect(portal.gate.tokens.find({ clientId: key }));
    const expiry = new Date((grant?.accessToken?.expiresAt ?? 0) * 1000).toISOString();
    const { text } = await ben.get('/tokens');
    expect(text).toMatch(new RegExp(`<time datetime="${expiry}" title="${expiry.slice(0, 16).replace('T', ' ')} UTC"`));
    expect(wordsOf({ text })).toContain('in 58 minutes');
    const german = wordsOf(await ben.get('/tokens', { 'Accept-Language': 'de-AT,en;q=0.5' }));
    for (const part of [
      'in 58 Minuten',
      'Meine Tokens',
      'Alle Anwendungen',
      'Widerrufen',
      'das Token von My app (Produktion)',
    ]) {
      expect(german).toContain(part);
    }
  });

  it('says beside the expiry of a refresh token that the access token has expired', async () => {
    const clock = aClock();
    const portal = await servePortal({ clock: clock.now });
    const { key } = await withKeys(await signedIn(portal, BEN));
    await portal.gate.tokens.issue({ clientId: key, subject: BEN.username, scopes: ['read'] });
    clock.advance(3_700);
    const words = wordsOf(await (await signedIn(portal, BEN)).get('/tokens'));
    expect(words).toMatch(/ default — in \d+ hours access token expired, can be refreshed never /);
  });

  it('leads to Generate token if there are no tokens', async () => {
    const { text } = await (await signedIn(await servePortal(), BEN)).get('/tokens');
    expect(text).toMatch(/No live tokens\.[\s\S]*href="\/store\/generate-token">Generate one</);
    expect(text).not.toContain('Revoke all');
  });
});
