// Builds the example gateway and then runs it in this process, so that one signal ends everything.
//
//   npm start -- [--config FILE] [--port N] [--redis URL] [--check]

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const gateway = join(root, 'example-gateway/dist/main.js');

let building;
const clean = () => rmSync(folder, { recursive: true, force: true });

// Until the gateway has installed its own handlers, there is nothing to finish. The compiler's process group is killed.
const stop = () => {
  if (building !== undefined) process.kill(-building.pid, 'SIGKILL');
  clean();
  process.exit(0);
};
const signals = ['SIGINT', 'SIGTERM'];
for (const signal of signals) process.on(signal, stop);

mkdirSync(dirname(gateway), { recursive: true });
const folder = mkdtempSync(join(dirname(gateway), '.start-'));

/** Compiles a project. Standard output is for the gateway, so compiler errors are written to standard error. */
const compile = (project, outDir) =>
  new Promise((resolve, reject) => {
    const args = [compiler, '-p', project, '--outDir', outDir];
    building = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const said = [];
    building.stdout.on('data', (chunk) => said.push(chunk));
    building.stderr.on('data', (chunk) => said.push(chunk));
    building.on('error', reject);
    building.on('close', (code) => {
      building = undefined;
      if (code === 0) resolve();
      else reject(new Error(`The build of ${project} failed:\n${Buffer.concat(said)}`));
    });
  });

/** Builds into a temporary folder and moves each file atomically: another gateway may be starting from `dist`. */
const build = async (project, dist) => {
  const outDir = join(folder, project);
  await compile(project, outDir);
  for (const entry of readdirSync(outDir, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const built = join(entry.parentPath, entry.name);
    const place = join(dist, built.slice(outDir.length));
    mkdirSync(dirname(place), { recursive: true });
    renameSync(built, place);
  }
};

try {
  await build('tsconfig.build.json', join(root, 'dist'));
  await build('example-gateway/tsconfig.build.json', dirname(gateway));
  clean();
} catch (error) {
  clean();
  console.error(error.message);
  process.exit(1);
}

process.argv[1] = gateway;
createRequire(import.meta.url)(gateway);
for (const signal of signals) process.off(signal, stop);
