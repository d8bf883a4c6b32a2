import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/checkout/checkout';

const FILE = join(ROOT, 'deploy/systemd/scopegate-gateway.service');

/** The settings of the unit, by their names; a setting that is repeated has several values. */
const settings = new Map<string, string[]>();
for (const line of readFileSync(FILE, 'utf8').split('\n')) {
  const [, name, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
  if (name !== undefined) settings.set(name, [...(settings.get(name) ?? []), value]);
}

test('the unit starts the built gateway, reloads by SIGHUP and stops by SIGTERM', () => {
  expect(settings.get('ExecStart')).toEqual([
    '/usr/bin/node /opt/scopegate/example-gateway/dist/main.js --config /etc/scopegate/gateway.yaml',
  ]);
  expect(settings.get('ExecReload')).toEqual(['/bin/kill -HUP $MAINPID']);
  expect(settings.get('KillSignal')).toEqual(['SIGTERM']);
  expect(settings.get('Restart')).toEqual(['on-failure']);
});

test('the unit passes every secret of the gateway file as a credential, and every variable by its environment', () => {
  const text = readFileSync(join(ROOT, 'deploy/gateway.yaml'), 'utf8');
  const secrets = [...text.matchAll(/\$\{CREDENTIALS_DIRECTORY\}\/([a-z-]+)/g)].map(([, name = '']) => name);
  expect(settings.get('LoadCredential')).toEqual(secrets.map((name) => expect.stringMatching(`^${name}:`) as unknown));
  const comment = readFileSync(FILE, 'utf8').split('\n[Unit]')[0] ?? '';
  for (const [, name = ''] of text.matchAll(/\$\{([A-Z_]+)\}/g)) {
    if (name !== 'CREDENTIALS_DIRECTORY') expect(comment).toContain(name); // systemd sets that one
  }
});

test('the unit runs without privileges and without a writable folder, and permits the compiler of Node', () => {
  expect(Object.fromEntries(settings)).toMatchObject({
    DynamicUser: ['yes'],
    NoNewPrivileges: ['yes'],
    CapabilityBoundingSet: [''],
    ProtectSystem: ['strict'],
    ProtectHome: ['yes'],
  });
  expect(settings.has('MemoryDenyWriteExecute')).toBe(false);
  expect(settings.has('ReadWritePaths')).toBe(false);
});
