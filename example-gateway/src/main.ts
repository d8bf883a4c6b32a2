import pino from 'pino';
import { readCommand } from './command';
import { StartError } from './configuration/fault';
import { curlWalk } from './demo/walk';
import { startGateway, type RunningGateway } from './gateway';

// One press of Ctrl-C reaches this process twice where npm passes on what the terminal has sent already.
const SAME_PRESS_MS = 500;

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

const stopOnSignals = (running: () => RunningGateway | undefined, logger: pino.Logger): void => {
  let first: number | undefined;
  const stop = (signal: string): void => {
    if (first !== undefined) {
      if (performance.now() - first > SAME_PRESS_MS) process.exit(1);
      return;
    }
    first = performance.now();
    logger.info({ signal }, 'Stopping: requests in flight are finished first');
    const gateway = running();
    if (gateway === undefined) process.exit(0);
    gateway.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of SIGNALS) process.on(signal, () => stop(signal));
};

/** Standard output is for the ready line and the demo; the log goes to standard error. */
const main = async (): Promise<void> => {
  const command = readCommand(process.argv.slice(2), process.env);
  if (command.kind === 'print') return void process.stdout.write(command.text);
  const { file, isDefaultFile, port, redis } = command;
  const logger = pino(pino.destination({ dest: 2, sync: true }));
  let gateway: RunningGateway | undefined;
  stopOnSignals(() => gateway, logger);
  gateway = await startGateway({ file, port, redis, environment: process.env, logger });
  process.stdout.write(`example gateway ready on ${gateway.url}\n`);
  if (isDefaultFile) process.stdout.write(curlWalk(gateway));
};

main().catch((error: unknown) => {
  const messages =
    error instanceof StartError ? error.messages : [error instanceof Error ? error.stack : String(error)];
  process.stderr.write(`${messages.join('\n')}\n`);
  process.exit(1);
});
