import type { ScopegateOptions } from 'scopegate';
import express from 'express';
import request from 'supertest';
import { anApplication } from '../support/gate/applications';
import { everyStore, onRedis, type StoreOptions } from '../support/stores/every-store';
import { aGate, APPLICATION, type Pair, type TestGate, type TestScope } from '../support/gate/gate';
import { recordEvents } from '../support/gate/recorded-events';
import { ownRedis, testRedis } from '../support/redis/redis';
import { commandsDuring } from '../support/redis/commands';
import { until } from '../support/time/waiting';

const FORM = { grant_type: 'client_credentials' };
const HERE = '192.0.2.1';
const LIMIT = 5;
const READS_PER_SECOND = 5;

type Ask = (credentials: Pair | null, address?: string) => request.Test;

/** Puts a gate behind a proxy that it trusts, so that a test can use any address. */
const behindProxy = ({ app: routes }: TestGate): Ask => {
  const app = express().set('trust proxy', 1).use(routes);
  return (credentials, address = HERE) => {
    const asked = request(app).post('/token').set('X-Forwarded-For', address).type('form').send(FORM);
    return credentials === null ? asked : asked.auth(...credentials);
  };
};

const throttle = { unknownClients: { failures: LIMIT } };

const open = (store: StoreOptions, changes: Partial<ScopegateOptions<TestScope>> = {}) => {
  const gate = aGate({ ...store, throttle, deadline: 5_000, ...changes });
  return { ...gate, ask: behindProxy(gate) };
};

/** Names unknown clients until the address is over its limit, here and in the look-ups of this second. */
const flood = async (ask: Ask, address = HERE): Promise<void> => {
  const names = Array.from({ length: LIMIT + READS_PER_SECOND + 3 }, (_, index) => `nobody${index}`);
  for (const name of names.slice(0, LIMIT)) await ask([name, 'x'], address).expect(401);
  await Promise.all(names.slice(LIMIT).map((name) => ask([name, 'x'], address).expect(429)));
};

const throttleKeys = async ({ prefix = '' }: StoreOptions & { prefix?: string }): Promise<readonly string[]> => {
  const redis = await testRedis();
  const keys = await redis.keys(`${prefix}throttle:*`);
  redis.disconnect();
  return keys;
};

describe.each(everyStore)('unknown clients over %s', (_name, freshStore) => {
  it('S-077 are refused with 429 after too many of them from one address, whatever their ids', async () => {
    const { ask, gate } = open(await freshStore());
    const events = recordEvents(gate);
    for (let count = 0; count < LIMIT; count += 1) await ask([`nobody${count}`, 'x']).expect(401);
    const refused = await ask(['one-more', 'x']).expect(429);
    expect(refused.body).toMatchObject({ error: 'invalid_request' });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(800);
    expect(events).toContainEqual(expect.objectContaining({ type: 'throttle', rule: 'unknownClients', network: HERE }));
    await ask(['one-more', 'x'], '192.0.2.2').expect(401);
    await ask(null, '192.0.2.2').expect(401);
  });

  it('S-077 do not block the right secret of any client at their address, declared, cached or new here', async () => {
    const store = await freshStore();
    const gate = open(store);
    const made = await anApplication(gate);
    const used = await anApplication(gate);
    await gate.ask(used.keys).expect(200);
    await flood(gate.ask);
    await gate.ask(APPLICATION).expect(200);
    await gate.ask(used.keys).expect(200);
    // One that this gate has not cached waits its turn for one of the remaining look-ups.
    let tries = 0;
    await until(async () => {
      tries += 1;
      await gate.ask([`nobody-again${tries}`, 'x']).expect(429);
      const { status } = await gate.ask(made.keys);
      expect([200, 429]).toContain(status);
      return status === 200;
    });
    await flood(gate.ask, '192.0.2.9');
    await gate.ask(made.keys, '192.0.2.9').expect(200);
  });

  it('S-077 do not block a client that authenticated before if nothing is cached', async () => {
    const gate = open(await freshStore(), { cache: false });
    const made = await anApplication(gate);
    await gate.ask(made.keys).expect(200);
    await flood(gate.ask);
    await gate.ask(made.keys).expect(200);
    await gate.gate.directory.applications.revokeSecret(made.id, made.secretId);
    await gate.ask(made.keys).expect(429);
  });

  it('S-046 S-047 are answered from a flooding address like a wrong secret', async () => {
    const gate = open(await freshStore());
    const made = await anApplication(gate);
    await gate.ask(made.keys).expect(200);
    await flood(gate.ask);
    const answers = [];
    for (const id of ['nobody', APPLICATION[0], made.keys[0]]) answers.push(await gate.ask([id, 'wrong']).expect(429));
    const seen = answers.map(({ text, headers }) => {
      const { date: _date, 'retry-after': wait, ...others } = headers as Record<string, string>;
      return { text, others, isLong: Number(wait) > 800 };
    });
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  it('S-077 allow no guesses of the secret of an existing client, however many they are', async () => {
    const gate = open(await freshStore(), { throttle: { ...throttle, clientAndAddress: { failures: 3 } } });
    await flood(gate.ask);
    for (let count = 0; count < 12; count += 1) await gate.ask([APPLICATION[0], `wrong${count}`]).expect(429);
    await gate.ask(APPLICATION).expect(429);
    await gate.ask(APPLICATION, '192.0.2.2').expect(200);
  });

  it('S-047 are refused by their id after as many failures as an existing client', async () => {
    const limits = { unknownClients: { failures: 100 }, clientAndAddress: { failures: 3 } };
    const gate = open(await freshStore(), { throttle: limits });
    for (const id of ['nobody', APPLICATION[0]]) {
      const statuses = [];
      for (let count = 0; count < 6; count += 1) statuses.push((await gate.ask([id, 'wrong'])).status);
      expect(statuses).toEqual([401, 401, 401, 429, 429, 429]);
    }
  });

  it('S-077 are not counted if no client is named, or the id is invalid', async () => {
    const gate = open(await freshStore());
    for (let count = 0; count < 2 * LIMIT; count += 1) {
      await gate.ask(null).expect(401);
      await gate.ask(['x'.repeat(129), 'x']).expect(401);
    }
    await gate.ask(['nobody', 'x']).expect(401);
  });
});

describe('unknown clients over Redis', () => {
  it('S-077 create one key for each network, with any number of ids and in any notation of the address', async () => {
    const store = await onRedis();
    const gate = open(store, { throttle: { unknownClients: { failures: 1_000 } } });
    for (let count = 0; count < 120; count += 1) {
      await gate.ask([`nobody${count}`, 'x'], `192.0.2.1:${50_000 + count}`).expect(401);
    }
    expect(await throttleKeys(store)).toHaveLength(1);
  });

  it('S-077 cost the store almost nothing once their address is over its limit', async () => {
    const redis = await (await ownRedis()).client();
    const gate = open({ redis }, { cache: false });
    await gate.gate.ready();
    await flood(gate.ask);
    const began = performance.now();
    const commands = await commandsDuring(redis, async () => {
      for (let count = 0; count < 60; count += 1) await gate.ask([`other${count}`, 'x']).expect(429);
    });
    const seconds = (performance.now() - began) / 1000;
    // Two commands for each look-up, and one that counts.
    expect(commands['hget'] ?? 0).toBeLessThanOrEqual(2 * READS_PER_SECOND * (seconds + 2));
  });

  it('S-077 are counted by all gates together', async () => {
    const store = await onRedis();
    const [first, second] = [open(store), open(store)];
    for (let count = 0; count < LIMIT; count += 1) await first.ask([`nobody${count}`, 'x']).expect(401);
    await second.ask(['one-more', 'x']).expect(429);
  });
});
