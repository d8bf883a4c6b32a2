import { Redis } from 'ioredis';
import { Redis as Redis5 } from 'ioredis5';
import { aGate, APPLICATION, type TestGate } from '../../support/gate/gate';
import { endAtEnd } from '../../support/redis/clients';
import { fits } from '../../support/redis/connection';
import { ownRedis, randomPrefix } from '../../support/redis/redis';
import { PRIMARY_NAME, ScriptedSentinel } from '../../support/redis/scripted-sentinel';
import { until } from '../../support/time/waiting';

const MAJORS = [5, 6] as const;

/** A server that can be a primary, and the number of tokens that a gate has issued there. */
const aServer = async (prefix: string) => {
  const server = await ownRedis({ over: 'port' });
  const client = await server.client();
  const issued = async (): Promise<number> => (await client.keys(`${prefix}*`)).length;
  return { port: Number(new URL(server.url).port), issued };
};

/** Two servers, two Sentinels that name the first one, and a gate that is ready. */
const aTopology = async (major: 5 | 6, { areEventsRefused = false } = {}) => {
  const prefix = randomPrefix();
  const [former, next] = [await aServer(prefix), await aServer(prefix)];
  const sentinels = [await ScriptedSentinel.start(former.port), await ScriptedSentinel.start(former.port)] as const;
  for (const sentinel of sentinels) sentinel.refusesEvents = areEventsRefused;
  const options = { sentinels: sentinels.map(({ address }) => address), name: PRIMARY_NAME, lazyConnect: true };
  const client = major === 5 ? new Redis5(options) : endAtEnd(new Redis(options));
  const gate = aGate({ redis: fits(client), prefix });
  await until(async () => (await gate.get('/health/ready')).status === 200);
  await until(() => areEventsRefused || sentinels.every(({ subscribers }) => subscribers === 1));
  return { former, next, sentinels, gate };
};

/** Tries to issue a token. */
const issues = async ({ gate }: TestGate): Promise<boolean> => {
  try {
    await gate.tokens.issue({ clientId: APPLICATION[0], scopes: ['read'] });
    return true;
  } catch {
    return false;
  }
};

describe.each(MAJORS)('with ioredis %d', (major) => {
  it('a gate changes nothing on a primary any more when a Sentinel has selected the replica that replaces it', async () => {
    const { former, next, sentinels, gate } = await aTopology(major);
    expect(await issues(gate)).toBe(true);
    sentinels[1].reportSelected(next.port, former.port);
    await until(async () => !(await issues(gate)));
    const before = await former.issued();
    for (let tries = 0; tries < 20; tries += 1) expect(await issues(gate)).toBe(false);
    sentinels[0].primary = next.port;
    sentinels[1].primary = next.port;
    sentinels[1].reportSwitched(former.port, next.port);
    await until(() => issues(gate));
    expect(await former.issued()).toBe(before);
    expect(await next.issued()).toBeGreaterThan(0);
  });

  it('a gate moves to the new primary although a Sentinel still names the former one', async () => {
    const { former, next, sentinels, gate } = await aTopology(major);
    sentinels[1].primary = next.port;
    sentinels[1].reportSwitched(former.port, next.port);
    await until(async () => (await issues(gate)) && (await next.issued()) > 0);
    const before = await former.issued();
    for (let tries = 0; tries < 20; tries += 1) expect(await issues(gate)).toBe(true);
    expect(await former.issued()).toBe(before);
  });

  it('a gate stays with the new primary when other Sentinels name it later', async () => {
    const { former, next, sentinels, gate } = await aTopology(major);
    for (const sentinel of sentinels) sentinel.primary = next.port;
    sentinels[0].reportSwitched(former.port, next.port);
    await until(async () => (await issues(gate)) && (await next.issued()) > 0);
    sentinels[1].reportSwitched(former.port, next.port);
    for (let tries = 0; tries < 20; tries += 1) expect(await issues(gate)).toBe(true);
  });

  it('a gate returns to the primary when the failover is given up', async () => {
    const { former, next, sentinels, gate } = await aTopology(major);
    sentinels[0].reportSelected(next.port, former.port);
    await until(async () => !(await issues(gate)));
    sentinels[0].report('-failover-abort-slave-timeout', `master ${PRIMARY_NAME} 127.0.0.1 ${former.port}`);
    await until(() => issues(gate));
  });

  it('a gate ignores the failover of another primary', async () => {
    const { former, next, sentinels, gate } = await aTopology(major);
    const [sentinel] = sentinels;
    sentinel.report('+switch-master', `another 127.0.0.1 ${former.port} 127.0.0.1 ${next.port}`);
    sentinel.report('+selected-slave', `slave x 127.0.0.1 ${next.port} @ another 127.0.0.1 ${former.port}`);
    sentinel.reportSwitched(next.port, former.port);
    await until(() => gate.lines.some(({ message }) => message === 'Sentinel has announced a new primary'));
    expect(gate.lines.filter(({ message }) => message.startsWith('Sentinel'))).toHaveLength(1);
    expect(await issues(gate)).toBe(true);
  });

  it('a gate subscribes again to a Sentinel that did not reply for a time, and has one connection to each', async () => {
    const { former, next, sentinels, gate } = await aTopology(major);
    const [silent] = sentinels;
    silent.isSilent = true;
    await until(() => silent.subscribers === 0);
    silent.isSilent = false;
    await until(() => silent.subscriptions === 2);
    for (const sentinel of sentinels) sentinel.primary = next.port;
    silent.reportSwitched(former.port, next.port);
    await until(async () => (await issues(gate)) && (await next.issued()) > 0);
    expect(sentinels.map(({ subscribers }) => subscribers)).toEqual([1, 1]);
  });

  it('a gate logs that a Sentinel does not permit it to receive events', async () => {
    const { gate } = await aTopology(major, { areEventsRefused: true });
    await until(() => gate.lines.some(({ fields }) => fields['reason'] === 'NOPERM'));
    expect(gate.lines).toContainEqual({
      level: 'error',
      fields: { store: 'redis', reason: 'NOPERM' },
      message: expect.stringContaining('permit SUBSCRIBE, PING and the channels +selected-slave'),
    });
  });
});

it('a gate returns to the primary when nothing more is reported about the failover', async () => {
  const { former, next, sentinels, gate } = await aTopology(6);
  sentinels[0].reportSelected(next.port, former.port);
  await until(async () => !(await issues(gate)));
  await until(() => issues(gate));
  expect(gate.lines).toContainEqual(expect.objectContaining({ level: 'warn' }));
});
