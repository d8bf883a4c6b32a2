import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { randomPrefix, redisAddress } from '../../test/support/redis/redis';
import { aGateway, anApi, JANE, JOHN, signInForm } from './support/gateway';
import { metricsAddress } from './support/metrics';
import { readPromql } from './support/promql';
import { unusedAddress } from './support/upstream';
import { handshakeWith, openedClient } from './support/web-socket';
import { webSocketUpstream } from './support/web-socket-upstream';

const deploy = join(__dirname, '../../deploy');
const prometheus = join(deploy, 'prometheus');

interface GridPos {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: GridPos;
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}

interface Dashboard {
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] };
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const dashboard = JSON.parse(readFileSync(join(deploy, 'grafana/dashboard.json'), 'utf8')) as Dashboard;

const rulesIn = (text: string): readonly Rule[] =>
  (parse(text) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  );

const rules = rulesIn(readFileSync(join(prometheus, 'alerts.yaml'), 'utf8'));

const targets = dashboard.panels.flatMap((panel) => (panel.targets ?? []).map(({ expr }) => expr));

const variables = dashboard.templating.list.flatMap(({ definition }) => definition ?? []);

/** Metrics that no gateway in one process has: of Prometheus itself, and of the primary of several workers. */
const NOT_ON_PAGE: Readonly<Record<string, readonly string[]>> = {
  up: [],
  scopegate_subscription_requests_total: ['state'], // no API of the gateway needs approval
  scopegate_workers: ['state'],
  scopegate_worker_crashes_total: ['worker'],
};

/** Labels that Prometheus adds, and the one that a gateway with several workers adds to the metrics of a process. */
const ADDED = ['job', 'instance'];

/** The page of a gateway that has served and refused requests. */
const aPage = async (): Promise<string> => {
  const { upstream: _, ...broken } = anApi('demo:orders', { context: '/broken' });
  const upstreams = [await unusedAddress(), await unusedAddress()];
  const { url } = await webSocketUpstream();
  const apis = { orders: anApi(url, { websocket: true }), broken: { ...broken, upstreams } };
  const limits = { grantsPerClient: 1 };
  const throttle = { accountAndAddress: { failures: 1 } };
  const keys = { metrics: { port: 0 }, prefix: randomPrefix(), apis, limits, throttle };
  const gateway = await aGateway({ redis: redisAddress(), keys, droppedLogLines: () => 0 });
  const { body: issued } = await gateway.post('/token', signInForm('read', JOHN));
  const [token, refreshToken] = [String(issued['access_token']), String(issued['refresh_token'])];
  await gateway.send(['GET /orders HTTP/1.1'], { token });
  await gateway.send(['GET /orders HTTP/1.1']);
  const webSocket = await openedClient(gateway, handshakeWith({ Authorization: `Bearer ${token}` }));
  await gateway.send(['GET /broken/health HTTP/1.1']);
  await gateway.post('/token', { grant_type: 'refresh_token', refresh_token: refreshToken });
  await gateway.post('/token', signInForm('read', JOHN)); // over the limit
  for (let times = 0; times < 2; times += 1) {
    await gateway.post('/token', signInForm('read', { ...JANE, password: 'wrong' }));
  }
  await gateway.post('/revoke', { token: refreshToken }); // ends the WebSocket
  await webSocket.waitForEnd();
  return (await fetch(metricsAddress(gateway))).text();
};

let page = '';
/** The labels of each sample name on the page. */
const labels = new Map<string, ReadonlySet<string>>();

beforeAll(async () => {
  page = await aPage();
  for (const [, name = '', list = ''] of page.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const found = [...list.matchAll(/(\w+)="/g)].map(([, label = '']) => label);
    labels.set(name, new Set([...(labels.get(name) ?? []), ...found]));
  }
  for (const [name, list] of Object.entries(NOT_ON_PAGE)) labels.set(name, new Set(list));
});

/** The metrics and labels of an expression that do not exist. */
const unknownIn = (expression: string): readonly string[] => {
  const names = readPromql(expression);
  const known = new Set([...ADDED, ...[...names.metrics].flatMap((name) => [...(labels.get(name) ?? [])])]);
  return [
    ...[...names.metrics].filter((name) => !labels.has(name)),
    ...[...names.labels].filter((label) => !known.has(label)),
  ];
};

describe('the reader of expressions', () => {
  it('finds the names of metrics and labels', () => {
    const { metrics, labels: found } = readPromql(
      'histogram_quantile(0.9, sum by (job, le) (rate(a_bucket{api=~"x by (y)", b!="c"}[$__rate_interval]))) > 5 and b_total',
    );
    expect([...metrics]).toEqual(['a_bucket', 'b_total']);
    expect([...found]).toEqual(['job', 'le', 'api', 'b']);
  });

  it('finds what does not exist', () => {
    expect(unknownIn('sum by (nowhere) (rate(scopegate_nothing_total[5m]))')).toEqual([
      'scopegate_nothing_total',
      'nowhere',
    ]);
    expect(unknownIn('scopegate_http_requests_total{code="200"}')).toEqual(['code']);
  });
});

describe('the dashboard', () => {
  it('queries only metrics and labels that a gateway has', () => {
    expect(targets.length).toBeGreaterThan(30);
    expect(targets.flatMap(unknownIn)).toEqual([]);
  });

  it('shows every metric of a gateway', () => {
    const shown = new Set(targets.flatMap((expression) => [...readPromql(expression).metrics]));
    const metrics = [...page.matchAll(/^# TYPE (scopegate_\S+) (\S+)$/gm)];
    const missing = metrics.filter(([, name = '', type]) => !shown.has(type === 'histogram' ? `${name}_bucket` : name));
    expect(missing.map(([, name]) => name)).toEqual([]);
  });

  it('lists values of its variables by metrics and labels that exist', () => {
    for (const definition of variables) {
      const [, series = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(definition) ?? [];
      expect(unknownIn(`sum by (${label}) (${series})`)).toEqual([]);
    }
    expect(variables).toHaveLength(3);
  });

  it('uses the data source that the user selects, in every panel', () => {
    const panels = dashboard.panels.filter(({ type }) => type !== 'row');
    expect(new Set(panels.map(({ datasource }) => datasource?.uid))).toEqual(new Set(['${datasource}']));
  });

  it('has panels with unique ids and titles that do not overlap', () => {
    const { panels, schemaVersion } = dashboard;
    expect(schemaVersion).toBeGreaterThanOrEqual(36);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const taken = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(taken).size).toBe(taken.length);
    expect(Math.max(...panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBe(24);
  });
});

describe('the alert rules', () => {
  it('use only metrics and labels that exist', () => {
    expect(rules.flatMap(({ expr }) => unknownIn(expr))).toEqual([]);
  });

  it('have a duration, a severity and what to do', () => {
    for (const { alert, for: duration, labels: own, annotations } of rules) {
      expect([alert, duration]).toEqual([alert, expect.stringMatching(/^\d+m$/)]);
      expect([alert, own['severity']]).toEqual([alert, expect.stringMatching(/^(?:critical|warning)$/)]);
      expect(Object.keys(annotations)).toEqual(['summary', 'description', 'runbook']);
      expect([alert, annotations['runbook']]).toEqual([alert, expect.stringMatching(/^docs\/operations\.md#[a-z-]+$/)]);
    }
  });
});

describe('promtool', () => {
  const promtool = (args: readonly string[], input?: string) => {
    const { status, stdout, stderr, error } = spawnSync('promtool', args, { cwd: prometheus, encoding: 'utf8', input });
    return { status, output: `${error?.message ?? ''}${stdout}${stderr}` };
  };

  it('accepts the alert rules', () => {
    const { status, output } = promtool(['check', 'rules', 'alerts.yaml']);
    expect(output).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(status).toBe(0);
  });

  it('runs their tests, in which each alert fires and does not fire', () => {
    const { status, output } = promtool(['test', 'rules', 'alerts.test.yaml']);
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('SUCCESS') });
    const text = readFileSync(join(prometheus, 'alerts.test.yaml'), 'utf8');
    for (const { alert } of rules) {
      expect(text).toContain(`name: ${alert} fires\n`);
      expect(text).toContain(`name: ${alert} does not fire\n`);
    }
  });

  it('accepts every query of the dashboard', () => {
    const recorded = targets.map((expr, index) => ({
      record: `query:${index}`,
      expr: expr.replaceAll('$__rate_interval', '5m').replace(/\$\w+/g, '.*'),
    }));
    const folder = mkdtempSync(join(tmpdir(), 'scopegate-queries-'));
    const file = join(folder, 'queries.json'); // JSON is YAML
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'queries', rules: recorded }] }));
    const { status, output } = promtool(['check', 'rules', file]);
    rmSync(folder, { recursive: true });
    expect(output).toContain(`SUCCESS: ${targets.length} rules found`);
    expect(status).toBe(0);
  });

  it('accepts the metrics of a gateway', () => {
    const own = page
      .split('\n\n')
      .filter((metric) => metric.startsWith('# HELP scopegate_'))
      .join('\n');
    expect(own).toContain('scopegate_http_requests_total');
    expect(promtool(['check', 'metrics'], `${own}\n`)).toEqual({ status: 0, output: '' });
  });
});
