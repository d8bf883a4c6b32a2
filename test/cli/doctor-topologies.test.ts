import { BUILD_DEADLINE_MS, buildCommand, runJson } from '../support/cli/command';
import { freePort } from '../support/http/free-port';
import { aRedis } from '../support/redis/clients';
import { ownClusterOfTwo } from '../support/redis/cluster';
import { SentinelSet } from '../support/redis/sentinel';
import { until } from '../support/time/waiting';

beforeAll(buildCommand, BUILD_DEADLINE_MS);

interface Found {
  readonly check: string;
  readonly level: string;
  readonly message: string;
  readonly cure?: string;
  readonly server?: string;
}

const findingsOf = async (store: readonly string[], checks: readonly string[], code: number) => {
  const { findings } = (await runJson(['doctor', ...store], {}, code)) as { readonly findings: readonly Found[] };
  return findings.filter(({ check }) => checks.includes(check));
};

const problemsIn = (findings: readonly Found[]): readonly Found[] =>
  findings.filter(({ level }) => level === 'problem');

const addressesOf = ({ sentinels }: SentinelSet): readonly string[] =>
  sentinels.map(({ host, port }) => `${host}:${port}`);

describe('scopegate doctor with Sentinels', () => {
  it('checks quorum and replicas with each of them, and finds those that are away or hang', async () => {
    const set = await SentinelSet.open();
    const primary = set.serverAt(await set.primaryPort());
    await primary.config('SET', 'appendonly', 'yes');
    const [first = '', ...others] = addressesOf(set);
    const store = (servers: readonly string[], name = set.name) => [
      ...['--sentinels', servers.join(',')],
      ...['--sentinel-name', name],
    ];
    expect(await findingsOf(store([first, ...others]), ['sentinels', 'replicas'], 0)).toEqual([
      { check: 'sentinels', level: 'ok', message: '3 Sentinels watch the primary, and 2 are enough for a failover' },
      { check: 'replicas', level: 'ok', message: 'The primary has 2 replicas' },
      {
        check: 'replicas',
        level: 'warning',
        message: expect.stringContaining('min-replicas-to-write is 0') as string,
        cure: expect.stringContaining('CONFIG SET min-replicas-to-write 1') as string,
      },
    ]);

    const none = `127.0.0.1:${await freePort()}`;
    set.freeze(0);
    const found = problemsIn(await findingsOf(store([...others, none, first]), ['sentinels'], 1));
    expect(found).toEqual(
      [none, first].map((server) => ({
        check: 'sentinels',
        level: 'problem',
        message: expect.stringMatching(/^The Sentinel is away/) as string,
        cure: expect.any(String) as string,
        server,
      })),
    );

    set.freeze(1);
    const [, last = ''] = others;
    await until(async () => {
      const now = await findingsOf(store([last]), ['sentinels'], 1).catch(() => []);
      return problemsIn(now).some(({ message }) => message.startsWith('Too few Sentinels are reachable'));
    });
    set.thaw(0);
    set.thaw(1);
  });
});

describe('scopegate doctor with a Cluster', () => {
  it('finds primaries without replicas, and slots that belong to no node', async () => {
    const [port] = await ownClusterOfTwo();
    const store = ['--cluster', `127.0.0.1:${port}`];
    expect(await findingsOf(store, ['cluster', 'replicas'], 1)).toEqual([
      { check: 'cluster', level: 'ok', message: 'The Cluster serves all slots, with 2 primaries' },
      {
        check: 'cluster',
        level: 'warning',
        message: expect.stringContaining('fewer than three') as string,
        cure: expect.any(String) as string,
      },
      {
        check: 'replicas',
        level: 'warning',
        message: expect.stringContaining(`no replica that works: `) as string,
        cure: expect.stringContaining('--cluster-slave') as string,
      },
    ]);

    const node = aRedis({}, `redis://127.0.0.1:${port}`);
    await node.config('SET', 'cluster-require-full-coverage', 'no');
    await node.call('CLUSTER', 'DELSLOTSRANGE', '8', '17');
    expect(problemsIn(await findingsOf(store, ['cluster'], 1))).toEqual([
      {
        check: 'cluster',
        level: 'problem',
        message: '10 of 16384 slots belong to no node: keys in them cannot be read or written',
        cure: expect.stringContaining('redis-cli --cluster fix') as string,
        server: `127.0.0.1:${port}`,
      },
    ]);
  });
});
