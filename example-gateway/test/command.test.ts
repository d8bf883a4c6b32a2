import { readCommand } from '../src/command';
import { refusalOf } from './support/gateway';

const USAGE = 'usage: npm start -- [--config FILE] [--port N] [--redis URL] [--check]';

describe('the command line', () => {
  it('may be empty, so that the default file gives all settings', () => {
    expect(readCommand([], {})).toEqual({
      kind: 'start',
      file: expect.stringMatching(/example-gateway\/gateway\.yaml$/),
      isDefaultFile: true,
      port: undefined,
      redis: undefined,
    });
  });

  it('accepts the file, the port and the Redis address', () => {
    const args = ['--config', 'my.yaml', '--port=0', '--redis', 'redis://r:1'];
    expect(readCommand(args, {})).toEqual({
      kind: 'start',
      file: 'my.yaml',
      isDefaultFile: false,
      port: 0,
      redis: 'redis://r:1',
    });
  });

  it('may ask for a check of the file in place of a start', () => {
    expect(readCommand(['--check', '--config', 'my.yaml', '--port', '0'], {})).toEqual({
      kind: 'check',
      file: 'my.yaml',
    });
    expect(readCommand(['--check'], {})).toMatchObject({
      file: expect.stringMatching(/example-gateway\/gateway\.yaml$/),
    });
  });

  it('takes precedence over the environment', () => {
    const environment = { PORT: '1', REDIS_URL: 'redis://a' };
    expect(readCommand([], environment)).toMatchObject({ port: 1, redis: 'redis://a' });
    expect(readCommand(['--port', '2', '--redis', '/r.sock'], environment)).toMatchObject({
      port: 2,
      redis: '/r.sock',
    });
  });

  it.each([['--help'], ['-h'], ['--help', '--port', 'x'], ['--version', '--help']])(
    'prints the flags for %s',
    (...args) => {
      const command = readCommand(args, {});
      expect(command.kind).toBe('print');
      expect(command).toHaveProperty('text', expect.stringMatching(/^usage: npm start[^]*--config FILE[^]*--version/));
    },
  );

  it.each([
    ['/app/node_modules/.bin/scopegate-gateway', 'scopegate-gateway'],
    ['/app/example-gateway/bin/scopegate-gateway.js', 'scopegate-gateway'],
    ['/app/example-gateway/dist/main.js', 'npm start --'],
  ])('prints the usage of the program that was started: %s', async (program, shown) => {
    expect(readCommand(['--help'], {}, program)).toHaveProperty('text', expect.stringMatching(`^usage: ${shown} `));
    const messages = await refusalOf(() => readCommand(['--nope'], {}, program));
    expect(messages.at(-1)).toMatch(new RegExp(`^usage: ${shown} `));
  });

  it.each(['--version', '-v'])('prints the version for %s', (flag) => {
    expect(readCommand([flag], {})).toEqual({ kind: 'print', text: 'example-gateway 0.1.0\n' });
  });

  it('treats an empty variable as one that is not set', () => {
    expect(readCommand([], { PORT: '', REDIS_URL: '' })).toMatchObject({ port: undefined, redis: undefined });
  });

  it.each([
    [['--porta', '1'], {}, "Unknown option '--porta'"],
    [['file.yaml'], {}, "Unexpected argument 'file.yaml'"],
    [['--port'], {}, "Option '--port <value>' argument missing"],
    [['--port', '65536'], {}, '--port: must be a port from 0 to 65535; 0 means any free port'],
    [['--port', '8o80'], {}, '--port: must be a port from 0 to 65535; 0 means any free port'],
    [['--port='], {}, '--port: must be a port from 0 to 65535; 0 means any free port'],
    [['--config', ''], {}, '--config: must be the name of a file'],
    [
      ['--redis', 'localhost:6379'],
      {},
      '--redis: must be redis://host:port, rediss:// for TLS, or the path of a Unix socket',
    ],
    [[], { PORT: '-1' }, 'PORT: must be a port from 0 to 65535; 0 means any free port'],
    [
      [],
      { REDIS_URL: 'http://a' },
      'REDIS_URL: must be redis://host:port, rediss:// for TLS, or the path of a Unix socket',
    ],
  ])('is refused with a one-sentence message and the usage: %j %j', async (args, environment, message) => {
    const messages = await refusalOf(() => readCommand(args, environment));
    expect(messages[0]).toContain(message);
    expect(messages.at(-1)).toBe(USAGE);
  });
});
