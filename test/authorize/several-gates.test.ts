import { createMemoryStore, type MemoryStore } from 'scopegate';
import { CodeBrowser } from '../support/authorize/code-browser';
import { aCodeClient, exchange, responseIn } from '../support/authorize/code-client';
import { ANA, servePortal } from '../support/portal/served-portal';
import { onRedis } from '../support/stores/every-store';

const stores: MemoryStore[] = [];

afterAll(() => stores.forEach((store) => store.close()));

const onMemory = async () => {
  const memory = createMemoryStore();
  stores.push(memory);
  return { memory };
};

/** The browser at another gate of the same host: it sends the same cookies there. */
const atOther = (browser: CodeBrowser, served: ConstructorParameters<typeof CodeBrowser>[0]): CodeBrowser => {
  const moved = new CodeBrowser(served);
  for (const [name, value] of browser.cookies) moved.cookies.set(name, value);
  return moved;
};

const sharedStores = [
  ['one memory', onMemory],
  ['one Redis', onRedis],
] as const;

describe.each(sharedStores)('an authorization request at two gates that share %s', (_name, freshStore) => {
  it('begins at one and goes on at the other, also after the first was closed', async () => {
    const store = await freshStore();
    const first = await servePortal(store);
    const client = await aCodeClient(first, { public: true });
    const browser = new CodeBrowser(first);
    const consent = await browser.signIn(await browser.open(client), ANA);
    const second = await servePortal({ ...store, issuer: first.url });
    await first.close();
    const { code, iss } = responseIn((await atOther(browser, second).allow(consent)).location);
    expect(iss).toBe(first.url);
    const { status, body } = await exchange(second, client, code);
    expect([status, body.scope]).toEqual([200, 'read update']);
  });

  it('gets one response, although both receive the decision concurrently', async () => {
    const store = await freshStore();
    const first = await servePortal(store);
    const second = await servePortal({ ...store, issuer: first.url });
    const client = await aCodeClient(first, { public: true });
    const browser = new CodeBrowser(first);
    const consent = await browser.signIn(await browser.open(client), ANA);
    const browsers = [browser, atOther(browser, second), browser, atOther(browser, second)];
    const answers = await Promise.all(browsers.map((one) => one.allow(consent)));
    expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([303, 400, 400, 400]);
  });
});
