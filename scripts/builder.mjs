import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { digestOfSources, PROJECTS, writeRecord } from './build-record.mjs';

/** Attempts to build while the sources are being changed. */
const MAX_TRIES = 3;

/** Compiles the package and the example gateway. Other processes may build, or start from the built files, meanwhile. */
export class Builder {
  #root;
  #folder;
  #compiling;

  constructor(root) {
    this.#root = root;
  }

  /** Compiles a project. Standard output is for the gateway, so compiler errors are written to standard error. */
  #compile(project, outDir) {
    return new Promise((resolve, reject) => {
      const args = [join(this.#root, 'node_modules/typescript/bin/tsc'), '-p', project, '--outDir', outDir];
      const options = { cwd: this.#root, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
      this.#compiling = spawn(process.execPath, args, options);
      const printed = [];
      this.#compiling.stdout.on('data', (chunk) => printed.push(chunk));
      this.#compiling.stderr.on('data', (chunk) => printed.push(chunk));
      this.#compiling.on('error', reject);
      this.#compiling.on('close', (code) => {
        this.#compiling = undefined;
        if (code === 0) resolve();
        else reject(new Error(`The build of ${project} failed:\n${Buffer.concat(printed)}`));
      });
    });
  }

  /** Builds into a temporary folder and moves each file in one step: another gateway may be starting from `dist`. */
  async #buildProject({ project, dist }) {
    const outDir = join(this.#folder, project);
    await this.#compile(project, outDir);
    const places = [];
    for (const entry of readdirSync(outDir, { withFileTypes: true, recursive: true })) {
      if (!entry.isFile()) continue;
      const built = join(entry.parentPath, entry.name);
      const place = join(this.#root, dist, built.slice(outDir.length));
      mkdirSync(dirname(place), { recursive: true });
      renameSync(built, place);
      places.push(place);
    }
    return places;
  }

  /** Builds once. Resolves with false if the sources were changed meanwhile: nothing is recorded then. */
  async #buildOnce() {
    const sources = digestOfSources(this.#root);
    const files = [];
    for (const project of PROJECTS) files.push(...(await this.#buildProject(project)));
    if (digestOfSources(this.#root) !== sources) return false;
    writeRecord(this.#root, sources, files);
    return true;
  }

  /**
   * Builds everything and records it.
   * @throws Error with the compiler's messages
   */
  async build() {
    const parent = join(this.#root, 'example-gateway/dist');
    mkdirSync(parent, { recursive: true });
    this.#folder = mkdtempSync(join(parent, '.start-'));
    try {
      for (let tries = 1; !(await this.#buildOnce()) && tries < MAX_TRIES; tries += 1);
    } finally {
      this.#clean();
    }
  }

  /** Ends the compiler and removes the temporary folder. */
  abort() {
    if (this.#compiling !== undefined) process.kill(-this.#compiling.pid, 'SIGKILL'); // its process group
    this.#clean();
  }

  #clean() {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }
}
