// Ensures that the tests have a Redis (the one in REDIS_URL, or a server program that they can start), a Chromium (the
// one in CHROMIUM_PATH, or one on the PATH) and the promtool of Prometheus on the PATH. If one is missing and the machine may be changed (root, or CI=true),
// it is installed; otherwise the run fails here.

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
  /** Alternatives for each package manager, tried in order: the packages of one alternative are installed together. */
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
  /** True if CHROMIUM_PATH is set: an installation cannot repair a wrong path. */
  isChosen: Boolean(process.env.CHROMIUM_PATH),
  packages: {
    'apt-get': [
      ['chromium-headless-shell', 'fonts-dejavu-core'],
      ['chromium', 'fonts-dejavu-core'],
    ],
    apk: [['chromium', 'font-dejavu']],
    dnf: [['chromium', 'dejavu-sans-fonts']],
    brew: [['--cask', 'chromium']], // the cask of google-chrome adds nothing to the PATH
  },
  cure: `The tests need a real Chromium, and there is ${
    process.env.CHROMIUM_PATH ? 'no program at CHROMIUM_PATH' : 'no chromium or google-chrome on the PATH'
  }.
Any one of these cures it:

  sudo apt-get install -y chromium && unset CHROMIUM_PATH
  export CHROMIUM_PATH='/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
`,
};

const promtool = {
  noun: 'the promtool of Prometheus',
  daemon: 'prometheus',
  isThere: () => onPath('promtool'),
  packages: {
    'apt-get': [['prometheus']],
    apk: [['prometheus']],
    dnf: [['/usr/bin/promtool']], // the package has another name in each release
    brew: [['prometheus']],
  },
  cure: `The tests of the alert rules need promtool, which is part of Prometheus, and there is none on the PATH.
Any one of these cures it:

  sudo apt-get install -y prometheus
  brew install prometheus
`,
};

/** The package managers and their commands to install packages. */
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

/** Runs a command; its output is shown only if it fails. */
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
 * Installs without starting the daemon. Debian's packages start it on installation unless this policy file forbids it;
 * the tests start servers of their own, and an unneeded daemon on port 6379 would outlive them.
 */
const withoutDaemon = (daemon, install) => {
  const forbid = isRoot && existsSync('/usr/sbin') && !existsSync(POLICY);
  if (forbid) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return install();
  } finally {
    if (forbid) rmSync(POLICY);
    // Also prevents a start at the next boot.
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
const missing = [redis, chromium, promtool].filter((need) => !need.isThere() && !canInstall(need));
for (const { cure } of missing) console.error(cure);
if (missing.length > 0) process.exit(1);
