import { CodeBrowser, type Shown } from '../support/authorize/code-browser';
import { aCodeClient, exchange, responseIn } from '../support/authorize/code-client';
import { ANA, servePortal } from '../support/portal/served-portal';
import { aRedis } from '../support/redis/clients';
import { aFaultProxy, type FaultProxy } from '../support/redis/fault-proxy';
import { ownRedis, randomPrefix } from '../support/redis/redis';
import { until } from '../support/time/waiting';

interface Outage {
  begin(proxy: FaultProxy): void;
  end(proxy: FaultProxy): void;
}

const outages: readonly (readonly [name: string, outage: Outage])[] = [
  [
    'refuses connections',
    {
      begin: (proxy) => {
        proxy.refuse();
        proxy.cut();
      },
      end: (proxy) => proxy.accept(),
    },
  ],
  [
    'does not answer',
    {
      begin: (proxy) => proxy.swallow(),
      end: (proxy) => {
        proxy.heal();
        proxy.cut(); // a connection that lost bytes stays dead
      },
    },
  ],
];

const expectAway = ({ status, headers, text, location }: Shown): void => {
  expect([status, headers.get('retry-after'), location]).toEqual([503, '1', undefined]);
  expect(text).toContain('Please try again in a moment.');
};

describe.each(outages)('while Redis %s', (_name, { begin, end }) => {
  it('every step of an authorization request is a page with 503 and Retry-After, and goes on afterwards', async () => {
    const { url } = await ownRedis({ over: 'port' });
    const proxy = await aFaultProxy(url);
    const portal = await servePortal({ redis: aRedis({}, proxy.url), prefix: randomPrefix(), deadline: 1_000 });
    const client = await aCodeClient(portal, { public: true });
    const browser = new CodeBrowser(portal);
    const isReady = async () => (await fetch(`${portal.url}/health/ready`)).status === 200;
    /** Makes a request while Redis is away, and again when it is back. */
    const repeated = async (send: () => Promise<Shown>): Promise<Shown> => {
      begin(proxy);
      expectAway(await send());
      end(proxy);
      await until(isReady);
      return send();
    };

    const signInPage = await repeated(() => browser.open(client));
    expect(signInPage.status).toBe(200);
    const signedIn = await repeated(() => browser.submit(signInPage, '/authorize/sign-in', { ...ANA }));
    expect(signedIn.status).toBe(303);
    const consent = await repeated(() => browser.get(signedIn.location ?? ''));
    expect(consent.text).toContain('Allow Code app?');
    const { code } = responseIn((await repeated(() => browser.allow(consent))).location);

    begin(proxy);
    const refused = await exchange(portal, client, code);
    expect([refused.status, refused.body.error]).toEqual([503, 'temporarily_unavailable']);
    end(proxy);
    await until(isReady);
    expect(await exchange(portal, client, code)).toMatchObject({ status: 200, body: { scope: 'read update' } });
  });
});
