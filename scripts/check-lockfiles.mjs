// Checks that `npm ci` can install from each committed lockfile, with any npm and on any platform. npm writes a
// lockfile that lacks the native packages of other platforms when it starts from a node_modules of one platform, and
// `npm ci` refuses it later.
//
//   node scripts/check-lockfiles.mjs [root, default this project]

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const faults = [];
let total = 0;

/** The folders whose node_modules Node searches for a package's dependencies, nearest first. */
const searchedFrom = (path) => {
  const folders = [path];
  for (let end = path.lastIndexOf('/'); end >= 0; end = path.lastIndexOf('/', end - 1))
    folders.push(path.slice(0, end));
  return path === '' ? folders : [...folders, ''];
};

const isListed = (packages, path, name) =>
  searchedFrom(path).some((folder) => `${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages);

/** Names of the packages that `npm ci` resolves for this entry. */
const needsOf = (path, entry) => {
  const isOwn = !path.includes('node_modules/');
  const peers = Object.keys(entry.peerDependencies ?? {}).filter(
    (name) => !entry.peerDependenciesMeta?.[name]?.optional,
  );
  const development = isOwn ? Object.keys(entry.devDependencies ?? {}) : [];
  const { dependencies = {}, optionalDependencies = {} } = entry;
  return [...Object.keys(dependencies), ...Object.keys(optionalDependencies), ...peers, ...development];
};

const checkLockfile = (folder) => {
  const lockfile = join(folder, 'package-lock.json');
  const { allowScripts = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const { packages } = JSON.parse(readFileSync(join(root, lockfile), 'utf8'));
  for (const [path, entry] of Object.entries(packages)) {
    total += 1;
    const report = (fault) => faults.push(`${lockfile}: ${path === '' ? 'the project' : path} ${fault}`);
    for (const name of needsOf(path, entry)) {
      if (!isListed(packages, path, name)) report(`needs ${name}, which has no entry`);
    }
    if (!path.includes('node_modules/') || entry.link) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (entry.integrity === undefined) report('has no integrity');
    if (entry.resolved !== undefined) report(`names the address ${entry.resolved}`);
    if (entry.hasInstallScript && !(name in allowScripts)) {
      report(
        `has an install script: add it to allowScripts in ${join(folder, 'package.json')}, true to run it, false not to`,
      );
    }
  }
};

for (const folder of ['', 'bench', 'bench/express-gateway', 'clients']) checkLockfile(folder);

if (faults.length > 0) {
  console.error(`${faults.join('\n')}

${faults.length} faults of the lockfiles. Where entries are missing, remove node_modules and package-lock.json, and run npm install.`);
  process.exitCode = 1;
} else {
  console.log(`the lockfiles are complete: ${total} packages`);
}
