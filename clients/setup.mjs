// Prepares `run.mjs` in a clone of the repository: installs the packages of the project and of the clients, builds the
// gateway, and installs Authlib with apt-get if it is needed and this machine may be changed (root, or CI=true).

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findAuthlib } from './rig/python.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const isRoot = process.getuid?.() === 0;

/** Runs a command; its output is shown only if it fails. */
const run = (program, ...args) => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error, stdout, stderr } = spawnSync(program, args, { cwd: root, env, encoding: 'utf8' });
  if (status === 0) return true;
  console.error(`${program} ${args.join(' ')} failed:\n${error?.message ?? `${stdout}${stderr}`}`);
  return false;
};

const hasAuthlib = () => {
  try {
    return findAuthlib() !== undefined;
  } catch {
    return false;
  }
};

/** Installs Authlib if it can. Without it, its program fails with the command that installs it. */
const installAuthlib = () => {
  if (hasAuthlib() || !(isRoot || process.env.CI === 'true') || !existsSync('/usr/bin/apt-get')) return;
  const sudo = isRoot ? [] : ['sudo', '-n'];
  const install = ['apt-get', 'install', '-q', '-y', '--no-install-recommends', 'python3-authlib', 'python3-requests'];
  if (run(...sudo, 'apt-get', 'update', '-q')) run(...sudo, ...install);
};

const isInstalled = existsSync(new URL('../node_modules', import.meta.url));
const isPrepared =
  (isInstalled || run('npm', 'ci')) &&
  run('npm', 'run', 'build', '--silent') &&
  run('npm', 'ci', '--prefix', 'clients', '--silent');
if (!isPrepared) process.exit(1);
const given = process.argv.slice(2);
if (given.length === 0 || given.includes('authlib')) installAuthlib();
await import('./run.mjs');
