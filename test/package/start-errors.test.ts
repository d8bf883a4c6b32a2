import { createServer, type AddressInfo } from 'node:net';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { Registry } from 'prom-client';
import { scopegate, type ScopegateOptions } from 'scopegate';
import { readCommand } from '../../example-gateway/src/command';
import { readConfiguration } from '../../example-gateway/src/configuration/configuration';
import { listen } from '../../example-gateway/src/listening';
import type { ScopegateErrorCode } from '../../src/protocol/errors';
import { rejectionOf, thrownBy } from '../support/expect/thrown';
import { anchorOf, isShownAs, readPage, root } from './code-blocks/markdown';

const page = readPage('docs/errors.md');

const anchors = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading)));

const CODES = Object.keys({
  ERR_SCOPEGATE_OPTION: true,
  ERR_SCOPEGATE_DECLARED: true,
  ERR_SCOPEGATE_EXISTS: true,
  ERR_SCOPEGATE_LIMIT: true,
  ERR_SCOPEGATE_NOT_FOUND: true,
  ERR_SCOPEGATE_VALUE: true,
  ERR_SCOPEGATE_UNGUARDED: true,
  ERR_SCOPEGATE_STORE_UNAVAILABLE: true,
} satisfies Record<ScopegateErrorCode, true>);

test.each(CODES)('%s has a section', (code) => {
  expect(anchors).toContain(anchorOf(code));
});

/** Starts a gate with options that may be wrong. */
const start = (options: object) => scopegate({ issuer: 'https://api.example.com', ...options });

const logger = { info() {}, warn() {}, error() {} };
const working = () => start({ logger, scopes: { read: 'See' } });
const api = { resources: [{ path: '/:id', methods: ['GET'] }] };

const listenOnTakenPort = async (): Promise<unknown> => {
  const [holder, server] = [createServer(), createServer()];
  await new Promise<void>((resolve) => void holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as AddressInfo;
  const thrown = await rejectionOf(listen(server as never, { host: '127.0.0.1', port }, 'choose another'));
  await new Promise((resolve) => void holder.close(resolve));
  return thrown;
};

test.each<[what: string, act: () => unknown]>([
  ['without an issuer', () => scopegate({} as ScopegateOptions)],
  ['without options', () => scopegate(undefined as unknown as ScopegateOptions)],
  ['with an unknown option', () => start({ isuer: 'x' })],
  ['with more faults than are printed', () => start(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [i, 1])))],
  ['with the address of Redis', () => start({ redis: 'redis://127.0.0.1' })],
  [
    'with the registry of another gate',
    () => {
      const metrics = new Registry();
      start({ logger, metrics });
      start({ logger, metrics });
    },
  ],
  [
    'with paths that overlap',
    () => start({ apis: { a: { resources: [...api.resources, { path: '/:x', methods: ['GET'], public: true }] } } }),
  ],
  ['with an OpenAPI document that is a text', () => start({ apis: { a: { openapi: 'openapi: 3.0.0' } } })],
  ['with a guard for a scope that is not declared', () => working().requireScope('raed' as never)],
  ['with a guard of an API that is not declared', () => working().api('ordres')],
  ['with a document of another kind', () => working().fromOpenApi({ swagger: '2.0' })],
  ['with a portal that has an unknown option', () => working().portal({ titel: 'x' } as never)],
  ['with a listener for an unknown event', () => working().on('login' as never, () => undefined)],
  [
    'with a factory that is not called',
    () => working().routes({ headers: {} } as never, {} as never, (() => {}) as never),
  ],
  ['with a function that is not a middleware', () => (working().auth as Function)({ headers: {} }, {}, () => {})],
  ['without the gateway file', () => readConfiguration('/nowhere/gateway.yaml', {})],
  ['with a gateway file that is not one', () => readConfiguration(join(root, 'tsconfig.json'), {})],
  ['with an unknown flag', () => readCommand(['--prot', '1'], {})],
  ['with a variable that is not a port', () => readCommand([], { PORT: 'x' })],
])('the error about a start %s ends with the address of its section', (_what, act) => {
  const thrown = thrownBy(act);
  expect(thrown).toBeInstanceOf(Error);
  const [, anchor] = /\nSee docs\/errors\.md#([a-z_-]+)$/.exec((thrown as Error).message) ?? [];
  expect([...anchors]).toContain(anchor);
});

test('the error about a port in use ends with the address of its section', async () => {
  expect(((await listenOnTakenPort()) as Error).message).toMatch(/\nSee docs\/errors\.md#gateway-address$/);
});

/** The texts of faults in a file, with `…` for each value. Texts that begin with a value are left out. */
const faultsIn = (file: string): readonly string[] => {
  const found: string[] = [];
  const textOf = (node: Node | undefined): string | undefined => {
    if (node?.type === 'StringLiteral') return node.value;
    if (node?.type !== 'TemplateLiteral') return undefined;
    return node.quasis?.map(({ cooked }) => cooked).join('…');
  };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    const { type, callee, arguments: given } = node as Node;
    const name = callee?.property?.value ?? callee?.value;
    if (type === 'CallExpression' && name === 'fault') {
      const text = textOf(given?.at(-1)?.expression);
      if (text !== undefined && !/^(?:is )?…/.test(text)) found.push(text);
    }
    Object.values(node).forEach(visit);
  };
  visit(parseSync(readFileSync(file, 'utf8'), { syntax: 'typescript', target: 'es2023' }));
  return found;
};

interface Node {
  readonly type?: string;
  readonly value?: string;
  readonly callee?: Node;
  readonly property?: Node;
  readonly arguments?: readonly { readonly expression: Node }[];
  readonly quasis?: readonly { readonly cooked: string }[];
}

const filesIn = (path: string): readonly string[] =>
  statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => filesIn(join(path, name))) : [path];

test('every fault of an option has an entry below ERR_SCOPEGATE_OPTION', () => {
  const section = /^## ERR_SCOPEGATE_OPTION\n(.*?)^## /ms.exec(page)?.[1]?.replaceAll(/\s+/g, ' ') ?? '';
  const kinds = [...section.matchAll(/\*\*(.+?)\*\*/g)].map(([, kind = '']) => kind);
  const faults = ['options', 'protocol/checks.ts', 'guard', 'portal/options.ts']
    .flatMap((path) => filesIn(join(root, 'src', path)))
    .flatMap(faultsIn);
  expect(faults.length).toBeGreaterThan(50);
  expect(faults.filter((fault) => !kinds.some((kind) => isShownAs(fault, `${kind}…`)))).toEqual([]);
});

test('every entry of the troubleshooting of the README has a section', () => {
  const [, troubleshooting = ''] = /^## Troubleshooting\n(.*?)^## /ms.exec(readPage('README.md')) ?? [];
  const entries = [...troubleshooting.replaceAll(/\s+/g, ' ').matchAll(/- \*\*(.+?)\*\*/g)].map(
    ([, entry = '']) => entry,
  );
  expect(entries).toHaveLength(6);
  const titleOf = (entry: string): string => (/^400 `(.+?)\.?`/.exec(entry)?.[1] ?? entry).replaceAll('`', '');
  for (const entry of entries) expect([...anchors]).toContain(anchorOf(titleOf(entry).replace(/\.$/, '')));
});
