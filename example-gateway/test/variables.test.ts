import { faultsWith, read } from './support/faults';
import { aConfiguration, anApi, anApplication } from './support/gateway';

const environment = { NUMBER: '42', YEAR: '2024', ON: 'true', OFF: 'false', NAME: 'loopback' };

const options = (keys: Readonly<Record<string, unknown>>) =>
  read(JSON.stringify(aConfiguration(keys)), environment).options;

describe('a variable that holds digits or the word true', () => {
  it.each([
    ['prefix', { prefix: '${NUMBER}' }, { prefix: '42' }],
    ['realm', { realm: '${YEAR}' }, { realm: '2024' }],
    ['realm, of a switch', { realm: '${ON}' }, { realm: 'true' }],
    ['a list of texts', { scopesWithoutRoleCheck: ['${NUMBER}'] }, { scopesWithoutRoleCheck: ['42'] }],
    [
      'a user',
      {
        users: [{ username: '${NUMBER}', organization: 'johnsorg', password: '${YEAR}', roles: ['${ON}'] }],
        applications: [anApplication({ owner: undefined })],
        organizations: [{ key: 'johnsorg', name: '${YEAR}' }],
      },
      { users: [{ username: '42', password: '2024', roles: ['true'] }], organizations: [{ name: '2024' }] },
    ],
    [
      'the keys of a sandbox',
      { applications: [anApplication({ sandbox: { consumerKey: '${NUMBER}', consumerSecret: '${YEAR}' } })] },
      { applications: [{ sandbox: { consumerKey: '42', consumerSecret: '2024' } }] },
    ],
    [
      'the title of an API',
      { apis: { orders: anApi('demo:orders', { title: '${ON}', version: '${NUMBER}' }) } },
      { apis: { orders: { title: 'true', version: '42' } } },
    ],
  ])('stays text when a key takes text: %s', (_, keys, expected) => {
    expect(options(keys)).toMatchObject(expected);
  });

  it('stays text in the keys of the gateway itself', () => {
    const { listen, portal } = read(
      JSON.stringify(
        aConfiguration({
          listen: { host: '${NUMBER}', port: '${NUMBER}' },
          portal: { path: '/store', title: '${YEAR}' },
        }),
      ),
      environment,
    );
    expect({ listen, portal }).toMatchObject({
      listen: { host: '42', port: 42 },
      portal: { options: { title: '2024' } },
    });
  });

  it.each([
    ['tokens', { tokens: { refreshGrace: '${NUMBER}' } }, { tokens: { refreshGrace: 42 } }],
    ['throttle', { throttle: { address: { failures: '${NUMBER}' } } }, { throttle: { address: { failures: 42 } } }],
    ['limits', { limits: { signUpsPerNetwork: '${OFF}' } }, { limits: { signUpsPerNetwork: false } }],
    ['cache', { cache: '${OFF}' }, { cache: false }],
    ['paths', { paths: { introspect: '${OFF}' } }, { paths: { introspect: false } }],
    [
      'a switch of a resource',
      { apis: { orders: anApi('demo:orders', { resources: [{ path: '/', methods: ['GET'], public: '${ON}' }] }) } },
      { apis: { orders: { resources: [{ public: true }] } } },
    ],
    [
      'the type of an application',
      {
        applications: [
          {
            name: 'App',
            consumerKey: 'k',
            public: '${ON}',
            consent: '${OFF}',
            redirectUris: ['http://127.0.0.1/${NUMBER}'],
          },
        ],
      },
      { applications: [{ public: true, consent: false, redirectUris: ['http://127.0.0.1/42'] }] },
    ],
  ])('is a number or a switch when a key takes one: %s', (_, keys, expected) => {
    expect(options(keys)).toMatchObject(expected);
  });

  it('is reported as an invalid path, and not as a number, when a path is digits', async () => {
    expect(await faultsWith({ paths: { token: '${NUMBER}' } }, environment)).toEqual([
      expect.stringMatching(/^paths\.token: must be /),
    ]);
  });
});
