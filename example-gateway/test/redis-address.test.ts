import { readCommand } from '../src/command';
import { problemOfRedisUrl } from '../src/configuration/redis-url';
import { redisAt } from '../src/redis';
import { faultsOf } from './support/faults';
import { refusalOf } from './support/gateway';

const FORM = 'must be redis://host:port, rediss:// for TLS, or the path of a Unix socket';

const WRONG: readonly (readonly [address: string, problem: string])[] = [
  ['redis://127.0.0.1:99999', 'has a port that is not from 1 to 65535'],
  ['redis://127.0.0.1:0', 'has a port that is not from 1 to 65535'],
  ['redis://127.0.0.1:', 'has a port that is not from 1 to 65535'],
  ['redis://:pa55word@127.0.0.1:70000/2', 'has a port that is not from 1 to 65535'],
  ['redis://h1:1,h2:2/0', 'names several servers; write one'],
  ['redis://:pa55word@h1:1,h2:2', 'names several servers; write one'],
  ['nonsense', FORM],
  ['localhost:6379', FORM],
  ['http://127.0.0.1:6379', FORM],
  ['redis:/127.0.0.1', FORM],
  ['redis://', 'names no host: write redis://host:port'],
  ['redis://:6379', 'names no host: write redis://host:port'],
  ['redis:///0', 'names no host: write redis://host:port'],
  ['redis://:pa55word@', 'names no host: write redis://host:port'],
  ['redis://:pa55word@:6379', 'names no host: write redis://host:port'],
  ['redis://:pa55#word@127.0.0.1:6379', 'has a #; in a password write %23 for it'],
  ['redis://127.0.0.1:6379#pa55word', 'has a #; in a password write %23 for it'],
  ['redis://:pa55 word@127.0.0.1', 'has a blank; in a password write %20 for it'],
  [' redis://127.0.0.1', 'has a blank; in a password write %20 for it'],
  [
    'redis://:pa55/word@127.0.0.1',
    'has a character in its password that must be percent-encoded: %2F for /, %3F for ?, %40 for @',
  ],
  [
    'redis://:pa55?word@127.0.0.1',
    'has a character in its password that must be percent-encoded: %2F for /, %3F for ?, %40 for @',
  ],
  [
    'redis://:pa55@word@127.0.0.1',
    'has a character in its password that must be percent-encoded: %2F for /, %3F for ?, %40 for @',
  ],
  ['redis://:pa55%word@127.0.0.1', 'has a % in its password; write %25 for it'],
  ['redis://:pa55%ffword@127.0.0.1', FORM],
  ['redis://:pa55wörd@127.0.0.1', 'has a character that is not ASCII; percent-encode it as UTF-8'],
  ['redis://127.0.0.1:6379/first', 'has a database that is not a number: write redis://host:port/0'],
  ['redis://[::1', `names an invalid host or port: it ${FORM}`],
  ['redis://a:b:c', `names an invalid host or port: it ${FORM}`],
  ['redis://300.300.300.300:1', `names an invalid host or port: it ${FORM}`],
];

const RIGHT = [
  'redis://127.0.0.1:6379',
  'redis://127.0.0.1:6379/',
  'redis://127.0.0.1/15',
  'redis://redis',
  'redis://:pa55word@redis:6379/2',
  'redis://user:p%40%23%2F%25%20@redis:6379/2',
  'redis://user:p+&=!$*;~^@redis',
  'rediss://a.example.com',
  'rediss://:pa55word@a.example.com:6380?family=6',
  'redis://[::1]:6379',
  '/run/redis.sock',
  'unix:///run/r.sock',
];

describe('an invalid Redis address', () => {
  it.each(WRONG)('is a fault with line, column and key: %s', async (address, problem) => {
    const faults = await faultsOf(`listen: { port: 0 }\nredis: ${JSON.stringify(address)}\n`);
    expect(faults).toEqual([`2:1: redis: ${problem}`]);
    expect(faults.join()).not.toMatch(/pa55|word@/);
  });

  it.each(WRONG)('is a fault of the flag or the variable that gives it: %s', async (address, problem) => {
    const [flag] = await refusalOf(() => readCommand(['--redis', address], {}));
    const [variable] = await refusalOf(() => readCommand([], { REDIS_URL: address }));
    expect([flag, variable]).toEqual([`--redis: ${problem}`, `REDIS_URL: ${problem}`]);
  });

  it('is a fault when it is taken from the environment', async () => {
    expect(await faultsOf('redis: "redis://:${PASSWORD}@host"\n', { PASSWORD: 'pa55#word' })).toEqual([
      '1:1: redis: has a #; in a password write %23 for it',
    ]);
  });
});

describe('a valid Redis address', () => {
  it.each(RIGHT)('is accepted by the check and by the client: %s', (address) => {
    expect(problemOfRedisUrl(address)).toBeUndefined();
    redisAt(address).disconnect();
  });
});
