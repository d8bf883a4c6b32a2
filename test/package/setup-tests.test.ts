import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(__dirname, '../../scripts/setup-tests.mjs');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scopegate-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a program on the PATH of the script that records its arguments and then runs these commands. */
const stand = (name: string, does = ''): void => {
  const text = `#!/bin/sh\necho "${name} $*" >> '${join(folder, 'asked')}'\n${does}\n`;
  writeFileSync(join(folder, name), text, { mode: 0o755 });
};

const makes = (program: string): string =>
  `if [ "$1" = install ]; then echo '#!/bin/sh' > '${folder}/${program}'; /bin/chmod 755 '${folder}/${program}'; fi`;

/** Runs the script on a machine that has those programs and no other. */
const setUp = (env: Readonly<Record<string, string>> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], {
    encoding: 'utf8',
    env: { PATH: folder, CI: 'true', ...env },
  });
  const log = join(folder, 'asked');
  const asked = existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
  return { status, stdout, stderr, asked: asked.filter((line) => !line.startsWith('sudo ')) };
};

describe('the test set-up', () => {
  beforeEach(() => {
    stand('sudo', 'shift; exec "$@"'); // for users other than root
    stand('systemctl');
  });

  it.each(['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'])(
    'installs and prints nothing if %s and a Redis are available',
    (program) => {
      for (const name of [program, 'redis-server', 'promtool', 'apt-get']) stand(name);
      expect(setUp()).toEqual({ status: 0, stdout: '', stderr: '', asked: [] });
    },
  );

  it('uses the Chromium and the Redis from the environment variables', () => {
    stand('promtool');
    const named = { CHROMIUM_PATH: process.execPath, REDIS_URL: 'redis://127.0.0.1' };
    expect(setUp(named)).toEqual({ status: 0, stdout: '', stderr: '', asked: [] });
  });

  it('installs a Chromium with a font, says so, and does not touch the daemon of an existing Redis', () => {
    for (const name of ['redis-server', 'promtool']) stand(name);
    stand('apt-get', makes('chromium-headless-shell'));
    const { status, stdout, stderr, asked } = setUp();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe('The tests need a Chromium and this machine has none: installing it with apt-get.\n');
    expect(asked).toEqual([
      'apt-get update -q',
      'apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 chromium-headless-shell fonts-dejavu-core',
    ]);
  });

  it('installs the full Chromium if there is no headless build of it', () => {
    for (const name of ['redis-server', 'promtool']) stand(name);
    stand('apt-get', `case "$*" in *headless*) exit 100;; esac; ${makes('chromium')}`);
    const { status, asked } = setUp();
    expect(status).toBe(0);
    expect(asked.at(-1)).toMatch(/ chromium fonts-dejavu-core$/);
  });

  it.each([
    ['does not install', 'exit 1'],
    ['installs something else', ''],
  ])('stops with the remedy if the package manager %s', (_what, does) => {
    for (const name of ['redis-server', 'promtool']) stand(name);
    stand('apt-get', does);
    const { status, stderr } = setUp();
    expect(status).toBe(1);
    expect(stderr).toContain('sudo apt-get install -y chromium');
    expect(stderr).not.toContain('Redis');
  });

  it('stops with the remedy, and installs nothing, if CHROMIUM_PATH names no program', () => {
    for (const name of ['chromium', 'redis-server', 'promtool', 'apt-get']) stand(name);
    for (const path of [join(folder, 'nothing'), script, folder]) {
      const { status, stdout, stderr, asked } = setUp({ CHROMIUM_PATH: path });
      expect({ status, stdout, asked }).toEqual({ status: 1, stdout: '', asked: [] });
      expect(stderr).toContain('no program at CHROMIUM_PATH');
    }
  });

  it('installs the promtool of Prometheus, and starts no Prometheus', () => {
    for (const name of ['chromium', 'redis-server']) stand(name);
    stand('apt-get', makes('promtool'));
    const { status, stdout, stderr, asked } = setUp();
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(
      'The tests need the promtool of Prometheus and this machine has none: installing it with apt-get.\n',
    );
    expect(asked.filter((line) => line.startsWith('apt-get'))).toEqual([
      'apt-get update -q',
      'apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=120 prometheus',
    ]);
  });

  it('prints all remedies if all are missing and nothing can install them', () => {
    const { status, stderr } = setUp();
    expect(status).toBe(1);
    expect(stderr).toContain('The tests need a real Redis');
    expect(stderr).toContain('The tests need a real Chromium');
    expect(stderr).toContain('sudo apt-get install -y prometheus');
  });
});
