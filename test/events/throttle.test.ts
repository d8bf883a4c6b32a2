import express from 'express';
import request from 'supertest';
import type { ThrottleOptions } from 'scopegate';
import { aClock } from '../support/time/clock';
import { everyStore } from '../support/stores/every-store';
import { aGate, APPLICATION, JANE, JOHN, type Pair } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { passwordForm } from '../support/tokens/forms';

const NOW = 1_800_000_000;

const WRONG_CLIENT: Pair = [APPLICATION[0], 'wrong'];
const HERE = '192.0.2.1';

const wrong = ([username]: Pair) => passwordForm([username, 'wrong']);

describe.each(everyStore)('a gate over %s', (_name, freshStore) => {
  /** A gate behind a proxy that it trusts. A request from an address answers its status. */
  const open = async (throttle: ThrottleOptions | false) => {
    const { gate, app: routes } = aGate({ ...(await freshStore()), clock: aClock(NOW).now, throttle });
    const app = express();
    app.set('trust proxy', 1);
    app.use(routes);
    const ask = async (form: object, address = HERE, [key, secret] = APPLICATION, path = '/token') => {
      const sent = request(app).post(path).set('X-Forwarded-For', address).auth(key, secret).type('form').send(form);
      return (await sent).status;
    };
    return { ask, events: recordEvents(gate) };
  };

  const throttled = (rule: string, network = HERE) => ({ type: 'throttle', rule, network, at: NOW });
  const refused = (status: number, reason: string, place = 'token') => ({
    type: 'deny',
    place,
    status,
    reason,
    clientId: APPLICATION[0],
    at: NOW,
  });

  it('S-095 emits a throttle event for each sign-in to a blocked account, even with the right password', async () => {
    const { ask, events } = await open({ accountAndAddress: { failures: 1 } });
    expect(await ask(wrong(JOHN))).toBe(400);
    expect(events.splice(0)).toStrictEqual([refused(400, 'invalid_grant')]); // within the limit
    for (const form of [wrong(JOHN), passwordForm(JOHN)]) {
      expect(await ask(form)).toBe(400);
      expect(events.splice(0)).toStrictEqual([throttled('accountAndAddress'), refused(400, 'invalid_grant')]);
    }
    expect(await ask(passwordForm(JANE))).toBe(200);
    expect(events).toMatchObject([{ type: 'issue' }]);
  });

  it('S-096 emits a throttle event for each refusal of an address, from the counter and from memory', async () => {
    const { ask, events } = await open({ address: { failures: 1 } });
    expect(await ask(wrong(JOHN))).toBe(400);
    events.splice(0);
    for (const form of [wrong(JANE), passwordForm(JANE), passwordForm(JOHN)]) {
      expect(await ask(form)).toBe(429);
      expect(events.splice(0)).toStrictEqual([throttled('address'), refused(429, 'invalid_request')]);
    }
  });

  it('S-097 emits a throttle event when an account over its limit is tried from a new address', async () => {
    const { ask, events } = await open({ account: { failures: 1 } });
    expect(await ask(wrong(JOHN), '192.0.2.7')).toBe(400);
    events.splice(0);
    expect(await ask(passwordForm(JOHN), '192.0.2.8')).toBe(400);
    expect(events).toStrictEqual([throttled('account', '192.0.2.8'), refused(400, 'invalid_grant')]);
  });

  it('S-077 emits a throttle event, without a client id, for each refusal of an unauthenticated client', async () => {
    const { ask, events } = await open({ clientAndAddress: { failures: 1 } });
    expect(await ask(passwordForm(JOHN), HERE, WRONG_CLIENT)).toBe(401);
    events.splice(0);
    const { clientId: _unproved, ...denied } = refused(429, 'invalid_request');
    for (const credentials of [WRONG_CLIENT, APPLICATION]) {
      expect(await ask(passwordForm(JOHN), HERE, credentials)).toBe(429);
      expect(events.splice(0)).toStrictEqual([throttled('clientAndAddress'), denied]);
    }
  });

  it('emits a throttle event for each request of a client that introspects too many unknown tokens', async () => {
    const { ask, events } = await open({ unknownTokens: { failures: 1 } });
    const askAbout = (token: string) => ask({ token }, HERE, APPLICATION, '/introspect');
    expect(await askAbout('one')).toBe(200);
    expect(events).toEqual([]);
    for (const token of ['two', 'three']) {
      expect(await askAbout(token)).toBe(429);
      expect(events.splice(0)).toStrictEqual([
        throttled('unknownTokens'),
        refused(429, 'invalid_request', 'introspect'),
      ]);
    }
  });

  it('S-099 emits the /64 of IPv6 addresses, and one spelling of IPv4 addresses', async () => {
    const { ask, events } = await open({ accountAndAddress: { failures: 1 } });
    const networks: string[] = [];
    for (const address of ['2001:db8:1:2::1', '2001:DB8:1:2:9:9:9:9', '::ffff:192.0.2.9', '192.0.2.9']) {
      await ask(wrong(JOHN), address);
      networks.push(...events.splice(0).flatMap((event) => (event.type === 'throttle' ? [event.network] : [])));
    }
    expect(networks).toEqual(['2001:db8:1:2::/64', '192.0.2.9']);
  });

  it('emits no throttle event if the option `throttle` is false', async () => {
    const { ask, events } = await open(false);
    for (let times = 0; times < 12; times += 1) await ask(wrong(JOHN));
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['deny']));
  });
});
