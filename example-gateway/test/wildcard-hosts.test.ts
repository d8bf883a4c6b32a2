import { faultsOf, read } from './support/faults';
import { aGateway } from './support/gateway';

const WILDCARDS = [
  '0.0.0.0',
  '0',
  '0.0',
  '000.0.0.0',
  '0x0',
  '0x00.0.0.0',
  '0.0.0.0.',
  '::',
  '[::]',
  '0:0:0:0:0:0:0:0',
  '0::0',
  '::0',
  '[0:0::0]',
  '::ffff:0.0.0.0',
  '::ffff:0:0',
  '::0.0.0.0',
];

const PROBLEM =
  'is a wildcard address, which clients cannot connect to; set issuer to the address at which they reach the gateway, such as https://api.example.com';

const file = (host: string, more = ''): string => `listen: { host: "${host}", port: 0 }\nscopes: {}\n${more}`;

describe('the option listen.host', () => {
  it.each(WILDCARDS)('needs an issuer when it is a wildcard address: %s', async (host) => {
    expect(await faultsOf(file(host))).toEqual([`1:11: listen.host: ${PROBLEM}`]);
    expect(read(file(host, 'issuer: https://api.example.com\n')).issuer).toBe('https://api.example.com');
  });

  it('needs an issuer when it is a wildcard address from the environment', async () => {
    expect(await faultsOf(file('${HOST}'), { HOST: '0.0.0.0' })).toEqual([`1:11: listen.host: ${PROBLEM}`]);
  });

  it('must not be empty', async () => {
    expect(await faultsOf(file(''))).toEqual([
      '1:11: listen.host: must be a host name or an address such as 127.0.0.1',
    ]);
  });

  it.each(['127.0.0.1', '10.0.0.0', '0.0.0.1', '::1', '[::1]', 'localhost', '100.0.0.0'])(
    'needs no issuer when it is a single address: %s',
    (host) => {
      expect(read(file(host)).issuer).toBeUndefined();
    },
  );

  it('may be in brackets', async () => {
    const gateway = await aGateway({ keys: { listen: { host: '[::1]', port: 0 } } });
    expect(gateway.url).toBe(`http://[::1]:${gateway.port}`);
    expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
  });

  it('may be a wildcard address with an issuer, which metadata then contains', async () => {
    const gateway = await aGateway({
      keys: { listen: { host: '0.0.0.0', port: 0 }, issuer: 'https://api.example.com' },
    });
    const answer = await fetch(`http://127.0.0.1:${gateway.port}/.well-known/oauth-authorization-server`);
    expect(await answer.json()).toMatchObject({ issuer: 'https://api.example.com' });
  });
});

describe('the option issuer', () => {
  it.each(['http://0.0.0.0:8080', 'https://[::]', 'http://0:8080'])(
    'must not be a wildcard address: %s',
    async (issuer) => {
      expect(await faultsOf(`issuer: "${issuer}"\nscopes: {}\n`)).toEqual([
        '1:1: issuer: is a wildcard address, which clients cannot connect to; give the address at which they reach this server',
      ]);
    },
  );
});
