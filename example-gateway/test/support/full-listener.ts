import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { after, until } from '../../../test/support/time/waiting';

/** Connections that are more than the kernel queues for a backlog of one. */
const FILLING = 16;

const LISTENING = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));
`;

const closers = new Set<() => void>();

afterAll(() => {
  for (const close of closers) close();
});

const isStopped = (pid: number): boolean => /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));

/**
 * Returns the address of a listener whose queue is full: its process is stopped, and the kernel answers no further
 * attempt to connect. So connections to it stay half-open, as with a host that is down.
 */
export const fullListener = async (): Promise<string> => {
  const child = spawn(process.execPath, ['-e', LISTENING], { stdio: ['ignore', 'pipe', 'inherit'] });
  const sockets: Socket[] = [];
  closers.add(() => {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGKILL');
  });
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(printed.toString());
  const { pid } = child;
  if (pid === undefined) throw new Error('the listener did not start');
  child.kill('SIGSTOP');
  await until(() => isStopped(pid));
  for (let opened = 0; opened < FILLING; opened += 1) {
    sockets.push(connect(port, '127.0.0.1').on('error', () => undefined));
  }
  await after(50);
  await until(() => sockets.some(({ connecting }) => !connecting));
  if (!sockets.some(({ connecting }) => connecting)) throw new Error('the queue of the listener is not full');
  return `http://127.0.0.1:${port}`;
};
