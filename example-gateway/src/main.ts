import pino from 'pino';
import { readCommand, type CheckCommand, type StartCommand } from './command';
import { readConfiguration } from './configuration/configuration';
import { StartError } from './configuration/fault';
import { withOverrides } from './configuration/overrides';
import { checkSharedStore } from './configuration/workers';
import { hasCodeFlow } from './demo/code-flow';
import { startDemoPages } from './demo/pages';
import { curlWalkthrough } from './demo/walk';
import { launch } from './launch';
import { LogStream } from './log/log-stream';
import { Signals } from './signals';

/** Milliseconds to write the last log lines, because their reader may be stalled. */
const FLUSH_DEADLINE = 1_000;

/** Starts the gateway. Standard output gets the ready line and the demo; the log is written to standard error. */
const start = async ({ file, isDefaultFile, port, redis }: StartCommand, log: LogStream): Promise<void> => {
  const logger = pino({}, log);
  log.onResume((lines) => logger.warn({ lines }, 'Log lines were dropped, because nothing read the log'));
  const signals = new Signals(logger, () => log.flush(FLUSH_DEADLINE));
  const droppedLogLines = (): number => log.droppedTotal;
  const gateway = await launch({ file, port, redis, environment: process.env, logger, droppedLogLines });
  signals.onStarted(gateway);
  log.writeGathered(); // what happened during the start is in the log when the ready line is read
  process.stdout.write(`example gateway ready on ${gateway.url}\n`);
  if (!isDefaultFile) return;
  const pages = gateway.hasDemo && hasCodeFlow(gateway.options) ? await startDemoPages(gateway) : undefined;
  process.stdout.write(curlWalkthrough({ ...gateway, pages }));
};

/** Prints the faults of the file, or that it is valid. */
const check = ({ file, redis }: CheckCommand): void => {
  try {
    checkSharedStore(withOverrides(readConfiguration(file, process.env), { redis }));
    process.stdout.write(`${file} is valid\n`);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.exitCode = 1;
    process.stdout.write(`${error.messages.join('\n')}\n`);
  }
};

const main = async (log: LogStream): Promise<void> => {
  const command = readCommand(process.argv.slice(2), process.env, process.argv[1]);
  if (command.kind === 'start') return start(command, log);
  if (command.kind === 'check') return check(command);
  process.stdout.write(command.text);
};

/** Writes why the gateway did not start, and exits with 1. */
const fail = async (error: unknown, log: LogStream): Promise<void> => {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  log.write(`${error instanceof StartError ? message : stack}\n`);
  await log.flush(FLUSH_DEADLINE);
  process.exit(1);
};

process.stdout.on('error', () => undefined); // its reader may have closed the pipe
const standardError = new LogStream(process.stderr);
process.once('exit', () => standardError.writeGathered());
main(standardError).catch((error: unknown) => fail(error, standardError));
