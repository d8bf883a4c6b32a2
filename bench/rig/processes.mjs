import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endWithThisProcess } from './children.mjs';
import { pinnedTo, SERVER_CORE } from './cores.mjs';

const START_DEADLINE_MS = 30_000;
const END_DEADLINE_MS = 5_000;

/** Resolves with the child's readiness message. Rejects if the child fails, ends or is late. */
const readinessOf = (child, name) =>
  new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${name} was not ready in time`)), START_DEADLINE_MS);
    const settle = (act) => (value) => {
      clearTimeout(late);
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      act(value);
    };
    const onMessage = settle(({ ready, failed }) =>
      failed === undefined ? resolve(ready) : reject(new Error(`${name}: ${failed}`)),
    );
    const onExit = settle((code) => reject(new Error(`${name} ended with ${code} before it was ready`)));
    const onError = settle(reject);
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
  });

/**
 * Runs a file that calls `serve()` of ./contender.mjs in a process of its own. `env` is added to this process's
 * environment, `core` is the core to run on (an explicit `undefined` means any; left out: the server's), `args` are
 * passed to the file and `flags` to Node.
 *
 * `ready` is the message of the file: its port, and whatever else its load needs.
 */
export const startProcess = async (file, { env = {}, args = [], flags = [], ...place } = {}) => {
  const core = 'core' in place ? place.core : SERVER_CORE;
  const [program, ...before] = [...pinnedTo(core), process.execPath];
  const path = file instanceof URL ? fileURLToPath(file) : file;
  const child = fork(path, args, {
    execPath: program,
    execArgv: [...before, ...flags],
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
  endWithThisProcess(child);
  const gone = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  const end = async () => {
    if (child.connected) child.disconnect();
    const late = setTimeout(() => child.kill('SIGKILL'), END_DEADLINE_MS);
    await gone;
    clearTimeout(late);
  };

  const waiting = new Map();
  let questions = 0;
  let ready;
  try {
    ready = await readinessOf(child, path);
  } catch (error) {
    await end();
    throw error;
  }
  child.on('message', ({ id, answer, failed }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (failed === undefined) resolve(answer);
    else reject(new Error(`${path}: ${failed}`));
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`${path} ended`));
  });
  const ask = (question, input) =>
    new Promise((resolve, reject) => {
      questions += 1;
      waiting.set(questions, { resolve, reject });
      child.send({ id: questions, question, input }, (error) => error && reject(error));
    });

  return {
    ready,
    url: `http://127.0.0.1:${ready.port}`,
    pid: child.pid,
    /** Calls one of the `answers` that the file passed to `serve()`. */
    ask,
    /** CPU microseconds that all threads of the process have used since its start. */
    cpu: () => ask('cpu'),
    /** `process.memoryUsage()`; after a garbage collection if `flags` contains `--expose-gc`. */
    memory: () => ask('memory'),
    end,
  };
};
