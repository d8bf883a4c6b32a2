import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Debian's own Python first: the packages of apt-get are installed for it. */
const PROGRAMS = ['/usr/bin/python3', 'python3'];

const CODE = 'import authlib, requests; print(authlib.__version__)';

/** The Python that has Authlib, and the version of it. @throws if there is none */
export const findAuthlib = () => {
  for (const program of PROGRAMS) {
    const { status, stdout } = spawnSync(program, ['-c', CODE], { encoding: 'utf8' });
    if (status === 0) return { program, version: stdout.trim() };
  }
  throw new Error('there is no Python with Authlib: sudo apt-get install -y python3-authlib python3-requests');
};

/** A Python program that answers calls, one line of JSON each. */
export class PythonProgram {
  #child;
  #lines;

  constructor(program, file) {
    this.#child = spawn(program, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Calls a method. @returns its result @throws if it fails or the program has ended */
  async call(name, values = {}) {
    this.#child.stdin.write(`${JSON.stringify([name, values])}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the Python program ended');
    const { result, failed } = JSON.parse(value);
    if (failed !== undefined) throw new Error(failed);
    return result;
  }

  close() {
    this.#child.stdin.end();
  }
}
