import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { importGateway, type ImportedSource, type ImportResult } from '../../../src/import/import-gateway';
import { aFile, aGateway, APPLICATION, JOHN, signInForm, type TestGateway } from '../../support/gateway';

const folder = mkdtempSync(join(tmpdir(), 'scopegate-import-'));
let folders = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

export const aFolder = (): string => join(folder, String((folders += 1)));

/** Writes the files of a source, by name, and gives their folder. */
export const aSource = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const root = aFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
};

export const samplePath = (name: string): string => join(__dirname, '..', 'samples', name);

type Api = Readonly<Record<string, unknown>> & { readonly resources: readonly unknown[] };

/** The contents of a gateway file, as far as tests read them. */
export interface ImportedFile extends Readonly<Record<string, unknown>> {
  readonly apis: Readonly<Record<string, Api>>;
  readonly scopes: Readonly<Record<string, { readonly roles?: readonly string[] }>>;
}

export interface Imported extends ImportResult {
  readonly yaml: string;
  readonly file: ImportedFile;
  readonly report: string;
}

/** Imports a source into a folder of its own. */
export const importInto = (source: ImportedSource, path: string): Imported => {
  const result = importGateway(source, path, aFolder());
  const [yaml = '', report = ''] = result.files.map((name) => readFileSync(name, 'utf8'));
  return { ...result, yaml, report, file: parse(yaml) as ImportedFile };
};

/** Imports a `gateway.config.yml`. */
export const importText = (gateway: string, system = ''): Imported =>
  importInto(
    'express-gateway',
    aSource({ 'gateway.config.yml': gateway, ...(system === '' ? {} : { 'system.config.yml': system }) }),
  );

const addressAt = (address: unknown, upstream: string): unknown =>
  typeof address === 'string' ? address.replace(/^(?:https?:\/\/[^/]+|\$\{\w+\})/, upstream) : address;

export interface ImportedGateway {
  readonly gateway: TestGateway;
  readonly file: ImportedFile;
  /** The access token of a user who has every role, for an application that subscribes to every API. */
  readonly tokenFor: (scope: string) => Promise<string>;
}

/** Starts the imported gateway, with all upstreams replaced by one, and with a user and an application of the tests. */
export const startImported = async ({ file }: Imported, upstream: string): Promise<ImportedGateway> => {
  const apis = Object.entries(file.apis).map(([name, api]) => {
    const { upstreams } = api;
    const several = Array.isArray(upstreams) ? { upstreams: [addressAt(upstreams[0], upstream)] } : {};
    const one = 'upstream' in api ? { upstream: addressAt(api['upstream'], upstream) } : {};
    const sandbox = 'sandbox' in api ? { sandbox: addressAt([api['sandbox']].flat()[0], upstream) } : {};
    return [name, { ...api, ...one, ...several, ...sandbox }];
  });
  const roles = [...new Set(Object.values(file.scopes).flatMap((scope) => scope.roles ?? []))];
  const gateway = await aGateway({
    file: aFile(
      JSON.stringify({
        ...file,
        listen: { host: '127.0.0.1', port: 0 },
        redis: undefined,
        apis: Object.fromEntries(apis),
        organizations: [{ key: 'johnsorg' }],
        users: [{ ...JOHN, organization: 'johnsorg', roles }],
        applications: [
          {
            name: 'Test',
            owner: `${JOHN.username}@johnsorg`,
            ...APPLICATION,
            subscriptions: Object.keys(file.apis),
          },
        ],
        passwords: { memoryCost: 8, timeCost: 1 },
      }),
    ),
  });
  const { token: path = '/token' } = (file['paths'] ?? {}) as { readonly token?: string };
  return {
    gateway,
    file,
    tokenFor: async (scope) => {
      const { status, body } = await gateway.post(path, signInForm(scope, JOHN));
      const { access_token: token } = body;
      if (typeof token !== 'string') throw new Error(`sign-in was answered ${status}`);
      return token;
    },
  };
};
