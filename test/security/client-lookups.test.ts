import type { ScopegateOptions } from 'scopegate';
import { anApplication } from '../support/gate/applications';
import { clientRequests, expectToken, expectUnauthenticated } from '../support/tokens/client-requests';
import { everyStore, onRedis } from '../support/stores/every-store';
import { aGate, APPLICATION, JOHN, type TestScope } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { rawRequest, sendRaw } from '../support/http/raw-http';
import { ownRedis } from '../support/redis/redis';
import { commandsDuring } from '../support/redis/commands';
import { thrownBy } from '../support/expect/thrown';
import { aServedGate, basicHeader, FORM_TYPE, PASSWORD_FORM } from '../support/tokens/token-requests';
import { median } from '../support/time/timing';

const [KEY, SECRET] = APPLICATION;

/** A gate on a Redis of its own, whose commands can be counted. */
const aCountedGate = async () => {
  const redis = await (await ownRedis()).client();
  // Without a cache there is no beat among the commands that are counted.
  const gate = await aServedGate({ redis, cache: false });
  await gate.gate.ready();
  return { ...gate, ...clientRequests(gate), redis };
};

describe('the refusal of a client', () => {
  it('S-048 sends the store the same commands for an unknown, a declared and a created client', async () => {
    const gate = await aCountedGate();
    const made = await anApplication(gate);
    const expired = await anApplication(gate);
    await gate.gate.directory.applications.revokeSecret(expired.id, expired.secretId);
    const disabled = await anApplication(gate);
    await gate.gate.directory.applications.disable(disabled.id);

    const workFor = (credentials: string) =>
      commandsDuring(gate.redis, async () => expectUnauthenticated(await gate.askWith(credentials)));
    await workFor('nobody:wrong'); // the first use of a script sends its text as well
    const unknown = await workFor('nobody-else:wrong');
    expect(unknown).toHaveProperty('hget');
    const work = {
      declared: await workFor(`${KEY}:wrong`),
      made: await workFor(`${made.keys[0]}:wrong`),
      withoutSecret: await workFor(`${expired.keys[0]}:wrong`),
      disabled: await workFor(`${disabled.keys[0]}:wrong`),
    };
    expect(work).toEqual({ declared: unknown, made: unknown, withoutSecret: unknown, disabled: unknown });
  });

  it('S-048 takes as long for an unknown id as for a wrong secret', async () => {
    const gate = await aServedGate({ ...(await onRedis()), throttle: false });
    const { askWith } = clientRequests(gate);
    const timed = async (credentials: string): Promise<number> => {
      const began = performance.now();
      await askWith(credentials);
      return performance.now() - began;
    };
    const times = { unknown: [] as number[], wrong: [] as number[] };
    for (let round = 0; round < 100; round += 1) {
      times.unknown.push(await timed(`nobody${round}:wrong`));
      times.wrong.push(await timed(`${KEY}:wrong${round}`));
    }
    // Both are a millisecond or two, most of it the connection's: only a large effect is one.
    const [unknown, wrong] = [median(times.unknown), median(times.wrong)];
    expect(Math.abs(unknown - wrong)).toBeLessThan(Math.min(unknown, wrong) * 0.75);
  });

  it.each([129, 10_000])('S-070 sends the store nothing when an id or a secret has %d characters', async (length) => {
    const { port, redis, askWith, askByBody } = await aCountedGate();
    const long = 'x'.repeat(length);
    const longSecret = 'x'.repeat(length + 128);
    const commands = await commandsDuring(redis, async () => {
      for (const [id, secret] of [
        [long, SECRET],
        [KEY, longSecret],
      ] as const) {
        expectUnauthenticated(await askWith(`${id}:${secret}`));
        expectUnauthenticated(await askByBody(id, secret));
      }
    });
    expect(commands).toEqual({});
    // 20 KB of header are more than Node takes.
    const { status } = await sendRaw(
      port,
      rawRequest(['POST /token HTTP/1.1', 'Host: x', basicHeader('x'.repeat(20_000))]),
    );
    expect(status).toBe(431);
  });
});

describe.each(everyStore)('a client over %s', (_name, freshStore) => {
  const open = async (overrides: Partial<ScopegateOptions<TestScope>> = {}) => {
    const gate = await aServedGate({ ...(await freshStore()), throttle: false, ...overrides });
    return { ...gate, ...clientRequests(gate) };
  };

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype'])(
    'S-069 is unknown under the name %s of an inherited property',
    async (name) => {
      const { askWith, askByBody } = await open();
      for (const secret of ['', 'x', 'undefined', '[object Object]', 'function']) {
        expectUnauthenticated(await askWith(`${name}:${secret}`));
        expectUnauthenticated(await askByBody(name, secret));
      }
    },
  );

  const meaningful = [
    '*',
    '?',
    '[a-z]*',
    '{x}',
    '{directory}',
    'a%3Ab',
    '../../key',
    `${KEY}*`,
    '%20',
    `${KEY}%00`,
    '\\',
  ];

  it.each(meaningful)('S-071 is unknown under an id that means something to Redis: %s', async (id) => {
    const gate = await open();
    await anApplication(gate);
    const answer = await gate.askWith(`${id}:${SECRET}`);
    expectCleanAnswer(answer, { status: [400, 401], without: ['access_token'] });
  });

  it.each(['*', '{x}', 'a*b?[c]', '{directory}', '__proto__', '../key', '-', '0'])(
    'S-071 may be imported with the id %s, which then matches only that client',
    async (clientId) => {
      const gate = await open();
      const imported = await anApplication(gate, { clientId, clientSecret: 'imported' });
      const plain = await anApplication(gate);
      expectToken(await gate.askWith(imported.keys.join(':')));
      expectUnauthenticated(await gate.askWith(`${plain.keys[0]}:imported`));
      expectUnauthenticated(await gate.askWith(`${clientId}:${plain.keys[1]}`));

      const token = (await gate.signIn(JOHN, 'read', imported.keys)).access_token;
      const other = (await gate.signIn(JOHN, 'read', plain.keys)).access_token;
      await gate.gate.directory.applications.disable(imported.id);
      await gate.get('/orders', token).expect(401);
      await gate.get('/orders', other).expect(200);
    },
  );
});

describe('the realm of a challenge', () => {
  it.each(['a"b', 'a\\b', 'a\r\nX-Injected: 1', 'a\nb', 'a\0b', 'caf\u00e9', '', 'x'.repeat(129)])(
    'S-079 cannot be %j',
    (realm) => {
      expect(thrownBy(() => aGate({ realm }))).toMatchObject({
        code: 'ERR_SCOPEGATE_OPTION',
        message: expect.stringContaining('  realm: '),
      });
    },
  );

  it('S-079 is printed as configured', async () => {
    const gate = await aServedGate({ realm: "John's orders, v2; (a=b)" });
    const answer = await gate.post(PASSWORD_FORM, { headers: [FORM_TYPE] });
    expect(answer.headers).toContainEqual([
      'WWW-Authenticate',
      'Basic realm="John\'s orders, v2; (a=b)", charset="UTF-8"',
    ]);
  });
});
