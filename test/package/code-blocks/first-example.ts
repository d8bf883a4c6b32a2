import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/http/free-port';
import { until } from '../../support/time/waiting';
import { isShownAs, type CodeBlock } from './markdown';

/** A command of a console block, and the lines that it shows as its output. */
interface Command {
  readonly text: string;
  readonly shown: readonly string[];
}

/** Returns the commands of a console block: a line after `$ `, and its output up to the next command. */
export const commandsOf = (code: string): readonly Command[] =>
  code.split(/^\$ /m).flatMap((part) => {
    const [text = '', ...shown] = part.split('\n');
    return text === '' ? [] : [{ text, shown: shown.filter((line) => line !== '') }];
  });

const FILE = /^\/\/ (\S+\.mjs)\n/;
const BACKGROUND = / &(?: #.*)?$/;

const isListening = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/live`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Starts a command that a reader would run in the background, and waits until the port is open. */
const startServer = async (folder: string, command: string, port: number) => {
  const child = spawn('bash', ['-c', `exec ${command}`], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  const isReady = async (): Promise<boolean> => (await isListening(port)) || child.exitCode !== null;
  await until(isReady).catch(stop);
  if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${command} ended:\n${output}`);
  return stop;
};

/** Checks the output of a command. With `-i` a block shows some of the header lines. */
const problemsOf = ({ text, shown }: Command, output: readonly string[]): readonly string[] => {
  const isExcerpt = / -i /.test(text);
  if (!isExcerpt && output.length !== shown.length) return [`${text} printed:\n${output.join('\n')}`];
  let next = 0;
  return shown.flatMap((line) => {
    const found = output.findIndex((printed, index) => index >= next && isShownAs(printed, line));
    if (found === -1) return [`${text} did not print "${line}" but:\n${output.join('\n')}`];
    next = found + 1;
    return [];
  });
};

/**
 * Runs a console block in a folder in which the example has been written: a command that ends with `&` as a server, all
 * others in turn, with the access token of the first response. Returns what differs from the block.
 */
export const runExample = async (
  folder: string,
  example: CodeBlock,
  session: CodeBlock,
): Promise<readonly string[]> => {
  const port = await freePort();
  const onPort = (code: string): string => code.replaceAll('8080', String(port));
  const [, file = ''] = FILE.exec(example.code) ?? [];
  writeFileSync(join(folder, file), onPort(example.code));
  const [start, ...commands] = commandsOf(onPort(session.code));
  if (start === undefined || !BACKGROUND.test(start.text)) return ['the block does not begin with a server'];
  const stop = await startServer(folder, start.text.replace(BACKGROUND, ''), port);
  try {
    let token = 'sga_…';
    return commands.flatMap((command) => {
      const run = spawnSync('bash', ['-c', command.text.replaceAll('sga_…', token)], { cwd: folder, encoding: 'utf8' });
      if (run.error !== undefined || run.status !== 0) return [`${command.text} failed: ${run.error ?? run.stderr}`];
      token = /sga_[\w-]+/.exec(run.stdout)?.[0] ?? token;
      return problemsOf(
        command,
        run.stdout.split(/\r?\n/).filter((line) => line !== ''),
      );
    });
  } finally {
    await stop();
  }
};

/** Writes the example as a module that exports its app and its gate and does not listen. */
export const writeAsModule = (folder: string, example: CodeBlock, name: string): void => {
  const code = example.code.replace(/^const (?=gate|app)/gm, 'export const ').replace(/^app\.listen\(.*$/m, '');
  writeFileSync(join(folder, name), code);
};
