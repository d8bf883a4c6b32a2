import { LogStream } from '../log/log-stream';
import { GatewayWorker } from './gateway-worker';
import type { ToWorker } from './messages';

// The program of a worker process, which the primary forks.

const log = new LogStream(process.stderr);
process.once('exit', () => log.writeGathered());

const worker = new GatewayWorker(log);

process.on('message', (message: ToWorker) => void worker.receive(message));

process.on('disconnect', () => void worker.disconnect());

// A terminal and a service manager send these to all processes. A further signal is left to the primary, which then
// ends its workers.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void worker.stop());

// The primary acts on these signals and sends messages to its workers.
for (const signal of ['SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => undefined);
