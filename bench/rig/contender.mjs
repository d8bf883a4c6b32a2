// The measured process: it listens, reports its port, and answers its parent's questions until the parent disconnects.
import { once } from 'node:events';

const answersToAll = {
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  memory: () => {
    globalThis.gc?.();
    return process.memoryUsage();
  },
};

/** Serves an app on a free port and resolves with the port. */
export const listen = async (app) => {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address().port;
};

/**
 * Calls `open()`, which starts a server and resolves with its port, and then answers the parent's questions.
 * `prepare(url)` runs once it listens: it does the self-check and returns what the load needs besides the port.
 * `answers` are functions for `ask()` of ./processes.mjs.
 */
export const serveAt = async (open, { prepare = async () => ({}), answers = {} } = {}) => {
  const all = { ...answersToAll, ...answers };
  process.on('disconnect', () => process.exit(0));
  const reply = async ({ id, question, input }) => {
    try {
      process.send({ id, answer: await all[question](input) });
    } catch (error) {
      process.send({ id, failed: error.message });
    }
  };
  process.on('message', (message) => void reply(message));
  try {
    const port = await open();
    process.send({ ready: { port, ...(await prepare(`http://127.0.0.1:${port}`)) } });
  } catch (error) {
    process.send({ failed: error.stack });
  }
};

/** Serves an Express app, or anything else with its `listen`, on a free port; `options` are those of serveAt(). */
export const serve = (app, options) => serveAt(() => listen(app), options);
