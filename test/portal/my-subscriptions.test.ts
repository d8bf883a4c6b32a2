import { BEN, servePortal, type ServedPortal } from '../support/portal/served-portal';
import { signedIn, withKeys } from '../support/portal/visitor';
import { manyApis } from '../support/gate/many-apis';

const namesIn = ({ text }: { readonly text: string }): readonly string[] =>
  [...text.matchAll(/<h2 id="application-[^"]*"><a href="[^"]*">([^<]*)</g)].map(([, name = '']) => name);

const create = async ({ gate }: ServedPortal, count: number): Promise<void> => {
  const { applications } = gate.directory;
  for (let made = count; made > 0; made -= 1) await applications.create({ name: `App ${made}`, owner: BEN.username });
};

describe('My Subscriptions', () => {
  it('lists 20 applications per page, with numbers in their order', async () => {
    const portal = await servePortal();
    await create(portal, 25);
    const ben = await signedIn(portal, BEN);
    const first = await ben.get('/subscriptions');
    expect(namesIn(first)).toEqual(Array.from({ length: 20 }, (_, index) => `App ${index + 1}`));
    expect(first.text).toContain('1–20 of 25');
    const [, next = ''] = /href="\/store(\/subscriptions[^"]*)" rel="next"/.exec(first.text) ?? [];
    expect(namesIn(await ben.get(next))).toEqual(['App 21', 'App 22', 'App 23', 'App 24', 'App 25']);
  });

  it('finds applications by name, consumer key and API', async () => {
    const portal = await servePortal(manyApis);
    await create(portal, 22);
    const { applications } = portal.gate.directory;
    await applications.create({ name: 'Straße', owner: BEN.username, subscriptions: ['books'] });
    const ben = await signedIn(portal, BEN);
    const { key } = await withKeys(ben, 'Mobile');
    const find = async (search: string) => ben.get(`/subscriptions?q=${encodeURIComponent(search)}`);
    expect(namesIn(await find('MOB'))).toEqual(['Mobile']);
    expect(namesIn(await find(key.slice(3, 20)))).toEqual(['Mobile']);
    expect(namesIn(await find('books'))).toEqual(['Straße']);
    const many = await find('app');
    expect(namesIn(many)).toHaveLength(20);
    expect(many.text).toContain('href="/store/subscriptions?q=app&amp;page=2" rel="next"');
    const none = await find('<b>nothing');
    expect(namesIn(none)).toEqual([]);
    expect(none.text).toMatch(/No application matches your search\.[\s\S]*>Show all applications</);
    expect(none.text).toContain('value="&lt;b&gt;nothing"');
  });

  it('leads to the page of a new application, which says what to do next', async () => {
    const ben = await signedIn(await servePortal(), BEN);
    const { location = '' } = await ben.submit('/subscriptions', '/applications', { name: 'Mobile' });
    expect(location).toMatch(/^\/applications\/[\w-]+\?done=created$/);
    const { text } = await ben.get(location);
    expect(text).toContain('<h1>Mobile</h1>');
    expect(text).toContain('Application created. Subscribe it to an API, then generate its keys.');
  });

  it('names the next step to a user without applications', async () => {
    const { text } = await (await signedIn(await servePortal(), BEN)).get('/subscriptions');
    expect(text).toMatch(/You have no application yet\.[\s\S]*href="\/store\/apis">Browse the APIs</);
  });
});
