import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomPrefix, redisAddress } from '../../test/support/redis/redis';
import { aGateway, anApi, type TestGateway } from './support/gateway';
import { metricsAddress } from './support/metrics';
import { unusedAddress } from './support/upstream';

const page = readFileSync(join(__dirname, '../../docs/events.md'), 'utf8');

interface DocumentedMetric {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  /** How the values of several processes are combined; `primary` if only the primary of several workers has it. */
  readonly processes: string;
}

/** The rows of the table under a heading of docs/events.md. */
const documentedUnder = (heading: string): readonly DocumentedMetric[] => {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) => {
    const [name = '', type = '', labels = '', , processes = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    const named = labels.replace(/:.*$/, '').matchAll(/`([^`]+)`/g); // after a colon are the values
    return { name: name.replaceAll('`', ''), type, labels: [...named].map(([, label = '']) => label), processes };
  });
};

const documented = ['Metrics', 'Metrics of the example gateway']
  .flatMap(documentedUnder)
  .filter(({ processes }) => processes !== 'primary');

const read = async (gateway: TestGateway): Promise<string> => (await fetch(metricsAddress(gateway))).text();

/** The name and type of every metric of scopegate on a page. */
const typesIn = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/^# TYPE (scopegate_\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]));

/** The names of the labels of each metric, apart from the bounds of buckets. */
const labelsIn = (text: string, types: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> => {
  const metricOf = (sample: string): string =>
    types.has(sample) ? sample : sample.replace(/_(?:bucket|sum|count)$/, '');
  const samples = [...text.matchAll(/^(scopegate_\w+)(?:\{(.*)\})? \S+$/gm)];
  return new Map(
    samples.map(([, sample = '', labels = '']) => {
      const names = [...labels.matchAll(/(\w+)="/g)].map(([, name = '']) => name);
      return [metricOf(sample), names.filter((name) => name !== 'le')];
    }),
  );
};

describe('docs/events.md', () => {
  it('describes every metric of a gateway in one process with its type, and no other', async () => {
    const keys = { metrics: { port: 0 }, prefix: randomPrefix() };
    const gateway = await aGateway({ redis: redisAddress(), keys, droppedLogLines: () => 0 });
    const types = typesIn(await read(gateway));
    const expected = documented.map(({ name, type }) => [name, type] as const);
    expect(Object.fromEntries(types)).toEqual(Object.fromEntries(expected));
  });

  it('describes the labels of every metric', async () => {
    const upstreams = [await unusedAddress(), await unusedAddress()];
    const apis = {
      orders: anApi('demo:orders'),
      broken: anApi(await unusedAddress(), { context: '/broken' }),
      several: anApi('', { upstream: undefined, upstreams, context: '/several' }),
    };
    const keys = { metrics: { port: 0 }, prefix: randomPrefix(), apis };
    const gateway = await aGateway({ redis: redisAddress(), keys, droppedLogLines: () => 0 });
    const token = await gateway.token('read');
    await gateway.send(['GET /orders HTTP/1.1'], { token });
    await gateway.send(['GET /orders HTTP/1.1']);
    await gateway.send(['GET /broken/health HTTP/1.1']);
    await gateway.post('/revoke', { token });
    const text = await read(gateway);
    const found = labelsIn(text, typesIn(text));
    const compared = documented.filter(({ name }) => found.has(name));
    expect(compared.map(({ name }) => [name, found.get(name)])).toEqual(
      compared.map(({ name, labels }) => [name, labels]),
    );
    const withoutSamples = documented.filter(({ name }) => !found.has(name)).map(({ name }) => name);
    expect(withoutSamples).toEqual([
      'scopegate_refreshed_total',
      'scopegate_throttled_total',
      'scopegate_limited_total',
      'scopegate_subscription_requests_total',
      'scopegate_websockets_open',
      'scopegate_websockets_closed_total',
    ]);
  });
});
