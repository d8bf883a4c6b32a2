// Sees to it that the tests have a Redis: one that REDIS_URL names, or a server program that they can start.
// Where neither is there and the machine may be changed (root, or CI=true), it is installed; else the run ends here.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const isRoot = process.getuid?.() === 0;

const onPath = (program) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });

const hasServer = () => ['redis-server', 'valkey-server'].some(onPath);

/** Each package manager, and what to try with it in turn: one list of commands for each try. */
const managers = [
  {
    program: 'apt-get',
    startsDaemons: true,
    tries: [
      [
        ['apt-get', 'update', '-q'],
        ['apt-get', 'install', '-q', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', 'redis-server'],
      ],
    ],
  },
  { program: 'apk', tries: [[['apk', 'add', '--no-cache', 'redis']], [['apk', 'add', '--no-cache', 'valkey']]] },
  { program: 'dnf', tries: [[['dnf', 'install', '-y', 'redis']], [['dnf', 'install', '-y', 'valkey']]] },
  { program: 'brew', needsRoot: false, tries: [[['brew', 'install', 'redis']]] },
];

/** Runs a command with its output held back: shown only when it fails. */
const run = ([program, ...args], needsRoot) => {
  const command = needsRoot && !isRoot ? ['sudo', '-n', program, ...args] : [program, ...args];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const done = spawnSync(command[0], command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  if (done.status === 0) return true;
  console.error(`${command.join(' ')} failed:\n${done.error?.message ?? `${done.stdout}${done.stderr}`}`);
  return false;
};

const POLICY = '/usr/sbin/policy-rc.d';

/**
 * Debian's packages start their daemon as soon as they are installed, unless this policy file forbids it. The tests
 * start servers of their own, and a daemon on port 6379 that nobody asked for would outlive them.
 */
const withoutDaemon = (install) => {
  const forbid = isRoot && existsSync('/usr/sbin') && !existsSync(POLICY);
  if (forbid) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return install();
  } finally {
    if (forbid) rmSync(POLICY);
    // Nor at the next boot.
    if (existsSync('/run/systemd/system')) run(['systemctl', 'disable', '--now', '--quiet', 'redis-server'], true);
  }
};

const install = () => {
  const manager = managers.find(({ program, needsRoot = true }) => onPath(program) && (needsRoot || !isRoot));
  if (manager === undefined) return false;
  const { program, needsRoot = true, startsDaemons = false, tries } = manager;
  console.log(`The tests need a Redis server and this machine has none: installing it with ${program}.`);
  const tryAll = () => tries.some((commands) => commands.every((command) => run(command, needsRoot)) && hasServer());
  return startsDaemons ? withoutDaemon(tryAll) : tryAll();
};

const cure = `The tests need a real Redis, and there is neither REDIS_URL nor redis-server or valkey-server on the PATH.
Any one of these cures it:

  sudo apt-get install -y redis-server
  brew install redis
  docker run --rm -d -p 6379:6379 redis && export REDIS_URL=redis://127.0.0.1:6379
`;

const mayInstall = isRoot || process.env.CI === 'true';
if (!process.env.REDIS_URL && !hasServer() && !(mayInstall && install())) {
  console.error(cure);
  process.exit(1);
}
