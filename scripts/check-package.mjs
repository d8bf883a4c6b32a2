// Checks the package as its users get it: packs it, checks its contents, and installs it into empty projects.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lineOf, parseFile, walk } from './syntax.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = createRequire(import.meta.url)('../package.json');
const folder = mkdtempSync(join(tmpdir(), 'scopegate-package-'));
const faults = [];

/** Runs a command and returns its standard output; the output is shown only if the command fails. */
const run = (cwd, command, ...args) => {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (done.status === 0) return done.stdout;
  faults.push(`${command} ${args.join(' ')} failed in ${cwd}:\n${done.error?.message ?? done.stdout + done.stderr}`);
  return undefined;
};

const tool = (name) => join(root, 'node_modules', '.bin', name);

/** Packs a clean build, so that no file of an earlier build is included. */
const pack = () => {
  for (const [project, dist] of [
    ['tsconfig.build.json', 'dist'],
    ['example-gateway/tsconfig.build.json', 'example-gateway/dist'],
  ]) {
    rmSync(join(root, dist), { recursive: true, force: true });
    execFileSync(tool('tsc'), ['-p', project], { cwd: root, stdio: 'inherit' });
  }
  const printed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answer = JSON.parse(printed);
  const [packed] = Array.isArray(answer) ? answer : Object.values(answer);
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path), size: packed.size };
};

const ALLOWED =
  /^(?:dist\/.+\.(?:js|d\.ts)|example-gateway\/dist\/.+\.js|docs\/[a-z-]+\.md|(?:bench|example-gateway)\/README\.md|example-gateway\/[a-z.]+\.yaml|example-gateway\/single-page-app\/index\.html|(?:README|CHANGELOG|CONTRIBUTING|SECURITY)\.md|LICENSE|package\.json)$/;
const NEEDED = [
  'dist/index.js',
  'dist/index.d.ts',
  'dist/cli/main.js',
  'example-gateway/dist/gateway-file.js',
  'example-gateway/dist/import/import-gateway.js',
  'README.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'LICENSE',
  'package.json',
];

const checkFiles = (files) => {
  for (const file of files) if (!ALLOWED.test(file)) faults.push(`the package must not hold ${file}`);
  for (const file of NEEDED) if (!files.includes(file)) faults.push(`the package must hold ${file}`);
};

/** Pages for users of the package: each file that they link to must be in the package. */
const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/architecture.md',
  'docs/authorization-code.md',
  'docs/command-line.md',
  'docs/deployment.md',
  'docs/errors.md',
  'docs/events.md',
  'docs/guards.md',
  'docs/management.md',
  'docs/migration.md',
  'docs/operations.md',
  'docs/options.md',
  'docs/redis.md',
  'docs/token-api.md',
  'docs/users.md',
];

const checkLinks = (files) => {
  for (const page of PAGES) {
    const links = readFileSync(join(root, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)(?:#[^)]*)?\)/g);
    for (const [, link] of links) {
      const file = join(dirname(page), link);
      if (!files.includes(file)) faults.push(`${page} links to ${file}, which is not in the package`);
    }
  }
};

/** Checks that declarations refer only to the types of Express and Node: users would have to install any others. */
const checkTypes = () => {
  const dist = join(root, 'dist');
  for (const name of readdirSync(dist, { recursive: true }).filter((path) => path.endsWith('.d.ts'))) {
    const { tree, bytes } = parseFile(join(dist, name));
    walk(tree, (node) => {
      const { value: specifier } = node.source ?? (node.type === 'TsImportType' ? node.argument : {});
      if (specifier === undefined || /^(?:\.{1,2}(?:\/|$)|node:|express$)/.test(specifier)) return;
      faults.push(`dist/${name}:${lineOf(bytes, node)} names the types of ${specifier}`);
    });
    const [reference] = /^\/\/\/ *<reference .*$/m.exec(readFileSync(join(dist, name), 'utf8')) ?? [];
    if (reference !== undefined && !/types="node"/.test(reference)) faults.push(`dist/${name} has ${reference}`);
  }
};

const consumer = {
  'package.json': JSON.stringify({ name: 'consumer', private: true, type: 'commonjs' }),
  'required.js': `
    const { scopegate } = require('scopegate');
    const gate = scopegate({ issuer: 'https://api.example.com', scopes: { read: 'See' }, logger: { info() {}, warn() {}, error() {} } });
    const express = require('express');
    express().use(gate.routes()).get('/', gate.requireScope('read'), () => undefined);
    gate.close().then(() => console.log(require('scopegate/package.json').version));
  `,
  'imported.mjs': `
    import { scopegate, OAuthError } from 'scopegate';
    if (typeof scopegate !== 'function' || typeof OAuthError !== 'function') throw new Error('names are missing');
  `,
  'consumer.ts': `
    import express from 'express';
    import { Redis } from 'ioredis';
    import { scopegate } from 'scopegate';

    const gate = scopegate({
      issuer: 'https://api.example.com',
      scopes: { read: 'See orders', update: { description: 'Change orders', roles: ['clerk'] } },
      applications: [{ name: 'Orders app', consumerKey: 'key', consumerSecret: 'secret' }],
      users: async (username, password) => (password === username ? { id: username, roles: ['clerk'] } : null),
      redis: new Redis('redis://127.0.0.1:6379'),
    });
    const app = express();
    app.use(gate.routes());
    app.get('/orders', gate.requireScope('read'), (req, res) => {
      const { subject, scopes } = gate.auth(req);
      const known: readonly ('read' | 'update')[] = scopes;
      res.json({ subject, known });
    });
    // @ts-expect-error a scope that is not declared
    app.put('/orders', gate.requireScope('updat'));
  `,
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
      esModuleInterop: true,
      types: ['node'],
    },
    files: ['consumer.ts'],
  }),
};

/** Both ends of the peer ranges. */
const peerSets = {
  newest: ['express@5', '@types/express@5', 'ioredis@6', '@types/node@20', 'yaml@2', 'fflate@0.8'],
  oldest: ['express@4.18', '@types/express@4.17', 'ioredis@5.4', '@types/node@20', 'yaml@2.4', 'fflate@0.8.0'],
};

const checkInstalled = (name, peers, tarball) => {
  const project = join(folder, name);
  mkdirSync(project);
  for (const [file, text] of Object.entries(consumer)) writeFileSync(join(project, file), text);
  const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline'];
  if (run(project, 'npm', 'install', ...quiet, tarball, ...peers) === undefined) return;
  const version = run(project, process.execPath, 'required.js')?.trim();
  if (version !== undefined && version !== manifest.version) faults.push(`require() found version ${version}`);
  run(project, process.execPath, 'imported.mjs');
  run(project, tool('tsc'), '-p', '.');
  const command = join(project, 'node_modules/.bin/scopegate');
  const printed = run(project, command, '--version')?.trim();
  if (printed !== undefined && printed !== `scopegate ${manifest.version}`) faults.push(`scopegate printed ${printed}`);
  run(project, command, 'check', 'node_modules/scopegate/example-gateway/gateway.yaml');
  const archive = join(root, 'example-gateway/test/import/samples/wso2/sampleapi.zip');
  run(project, command, 'import', 'wso2', archive, '--out', 'imported');
};

try {
  const { tarball, files, size } = pack();
  checkFiles(files);
  checkLinks(files);
  checkTypes();
  run(root, tool('publint'), 'run', tarball, '--strict');
  run(root, tool('attw'), tarball, '--no-definitely-typed', '--no-emoji', '--format', 'ascii');
  for (const [name, peers] of Object.entries(peerSets)) checkInstalled(name, peers, tarball);
  if (faults.length === 0)
    console.log(`the package is sound: ${files.length} files, ${Math.ceil(size / 1024)} KiB packed`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

if (faults.length > 0) {
  console.error(`${faults.join('\n')}\n\n${faults.length} faults of the package`);
  process.exit(1);
}
