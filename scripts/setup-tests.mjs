// Sees to it that the tests have a Redis (one that REDIS_URL names, or a server program that they can start) and a Chromium
// (one that CHROMIUM_PATH names, or one on the PATH). Where something is missing and the machine may be changed (root, or
// CI=true), it is installed; else the run ends here.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const isRoot = process.getuid?.() === 0;

const isProgram = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

const onPath = (program) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && isProgram(join(folder, program)));

const redis = {
  noun: 'a Redis server',
  daemon: 'redis-server',
  isThere: () => Boolean(process.env.REDIS_URL) || ['redis-server', 'valkey-server'].some(onPath),
  /** What to try in turn with each package manager: packages of one try are installed together. */
  packages: {
    'apt-get': [['redis-server']],
    apk: [['redis'], ['valkey']],
    dnf: [['redis'], ['valkey']],
    brew: [['redis']],
  },
  cure: `The tests need a real Redis, and there is neither REDIS_URL nor redis-server or valkey-server on the PATH.
Any one of these cures it:

  sudo apt-get install -y redis-server
  brew install redis
  docker run --rm -d -p 6379:6379 redis && export REDIS_URL=redis://127.0.0.1:6379
`,
};

const chromium = {
  noun: 'a Chromium',
  isThere: () =>
    process.env.CHROMIUM_PATH
      ? isProgram(process.env.CHROMIUM_PATH)
      : ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].some(
          onPath,
        ),
  /** No installation makes a path right that somebody has chosen. */
  isChosen: Boolean(process.env.CHROMIUM_PATH),
  packages: {
    'apt-get': [
      ['chromium-headless-shell', 'fonts-dejavu-core'],
      ['chromium', 'fonts-dejavu-core'],
    ],
    apk: [['chromium', 'font-dejavu']],
    dnf: [['chromium', 'dejavu-sans-fonts']],
    brew: [['--cask', 'chromium']], // that of google-chrome puts nothing on the PATH
  },
  cure: `The tests need a real Chromium, and there is ${
    process.env.CHROMIUM_PATH ? 'no program at CHROMIUM_PATH' : 'no chromium or google-chrome on the PATH'
  }.
Any one of these cures it:

  sudo apt-get install -y chromium && unset CHROMIUM_PATH
  export CHROMIUM_PATH='/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
`,
};

/** Each package manager, and the commands that install packages. */
const managers = [
  {
    program: 'apt-get',
    startsDaemons: true,
    commands: (packages) => [
      ['apt-get', 'update', '-q'],
      ['apt-get', 'install', '-q', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...packages],
    ],
  },
  { program: 'apk', commands: (packages) => [['apk', 'add', '--no-cache', ...packages]] },
  { program: 'dnf', commands: (packages) => [['dnf', 'install', '-y', ...packages]] },
  { program: 'brew', needsRoot: false, commands: (packages) => [['brew', 'install', ...packages]] },
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
const withoutDaemon = (daemon, install) => {
  const forbid = isRoot && existsSync('/usr/sbin') && !existsSync(POLICY);
  if (forbid) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return install();
  } finally {
    if (forbid) rmSync(POLICY);
    // Nor at the next boot.
    if (existsSync('/run/systemd/system')) run(['systemctl', 'disable', '--now', '--quiet', daemon], true);
  }
};

const install = ({ noun, isThere, packages, daemon }) => {
  const manager = managers.find(({ program, needsRoot = true }) => onPath(program) && (needsRoot || !isRoot));
  if (manager === undefined) return false;
  const { program, needsRoot = true, startsDaemons = false, commands } = manager;
  console.log(`The tests need ${noun} and this machine has none: installing it with ${program}.`);
  const tryOne = (names) => commands(names).every((command) => run(command, needsRoot)) && isThere();
  const tryAll = () => packages[program].some(tryOne);
  return startsDaemons && daemon !== undefined ? withoutDaemon(daemon, tryAll) : tryAll();
};

const mayInstall = isRoot || process.env.CI === 'true';
const canInstall = (need) => mayInstall && !need.isChosen && install(need);
const missing = [redis, chromium].filter((need) => !need.isThere() && !canInstall(need));
for (const { cure } of missing) console.error(cure);
if (missing.length > 0) process.exit(1);
