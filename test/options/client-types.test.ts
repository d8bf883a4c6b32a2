import { ConfigurationError, type ScopegateOptions } from 'scopegate';
import { resolveOptions } from '../../src/options/settings';
import { thrownBy } from '../support/expect/thrown';

const CALLBACK = 'https://app.example/callback';
const confidential = { name: 'App', consumerKey: 'k', consumerSecret: 's' };
const open = { name: 'App', consumerKey: 'k', public: true, redirectUris: [CALLBACK] };

const optionsWith = (application: object) =>
  ({ issuer: 'https://api.example.com', applications: [application] }) as unknown as ScopegateOptions;

const resolved = (application: object) => resolveOptions(optionsWith(application)).directory.applications[0];

/** The lines of the message about the application, without the name of the option. */
const faultsOf = (application: object): readonly string[] => {
  const thrown = thrownBy(() => resolveOptions(optionsWith(application)));
  expect(thrown).toBeInstanceOf(ConfigurationError);
  const lines = (thrown as ConfigurationError).message.split('\n').slice(1, -1);
  return lines.map((line) => line.trim().replace('applications[0].', ''));
};

describe('a declared application', () => {
  it('is confidential, has no redirect URIs and asks for consent by default', () => {
    const application = resolved(confidential);
    for (const name of ['redirectUris', 'isPublic', 'asksConsent']) expect(application).not.toHaveProperty(name);
    expect(resolved({ ...confidential, redirectUris: [], public: false, consent: true })).toEqual(application);
  });

  it('may have redirect URIs, each once, and do without consent', () => {
    const redirectUris = [CALLBACK, 'http://127.0.0.1/cb', CALLBACK];
    expect(resolved({ ...confidential, redirectUris, consent: false })).toMatchObject({
      redirectUris: [CALLBACK, 'http://127.0.0.1/cb'],
      asksConsent: false,
    });
  });

  it('has no secret in any environment if it is public', () => {
    expect(resolved({ ...open, sandbox: { consumerKey: 'sandbox' } })).toMatchObject({
      isPublic: true,
      keys: { production: { clientId: 'k', secrets: [] }, sandbox: { clientId: 'sandbox', secrets: [] } },
    });
  });

  it.each<[what: string, application: object, faults: readonly string[]]>([
    [
      'no secret, if it is confidential',
      { name: 'App', consumerKey: 'k' },
      ['consumerSecret: is missing: it must be 1 to 256 visible ASCII characters, unless public is true'],
    ],
    [
      'a sandbox key without a secret, if it is confidential',
      { ...confidential, sandbox: { consumerKey: 'x' } },
      ['sandbox.consumerSecret: is missing: it must be 1 to 256 visible ASCII characters, unless public is true'],
    ],
    [
      'a secret, if it is public',
      { ...open, consumerSecret: 'canary' },
      ['consumerSecret: must be left out: a public application cannot keep a secret, so it has none'],
    ],
    [
      'an empty secret, if it is public',
      { ...open, consumerSecret: '' },
      ['consumerSecret: must be left out: a public application cannot keep a secret, so it has none'],
    ],
    [
      'a secret of its sandbox key, if it is public',
      { ...open, sandbox: { consumerKey: 'x', consumerSecret: 'canary' } },
      ['sandbox.consumerSecret: must be left out: a public application cannot keep a secret, so it has none'],
    ],
    [
      'no redirect URI, if it is public',
      { name: 'App', consumerKey: 'k', public: true },
      ['redirectUris: is missing: a public application can only use the authorization code'],
    ],
    [
      'a grant type that needs authentication, if it is public',
      { ...open, grantTypes: ['authorization_code', 'client_credentials'] },
      [
        'grantTypes: may only have authorization_code and refresh_token for a public application, which cannot authenticate',
      ],
    ],
    [
      'the grant type authorization_code without a redirect URI',
      { ...confidential, grantTypes: ['authorization_code'], redirectUris: [] },
      ['redirectUris: is missing: the grant type authorization_code needs it'],
    ],
    [
      'wrong redirect URIs',
      { ...open, redirectUris: ['http://app.example/cb', 'javascript:alert(1)', 7, 'https://u:canary@app.example/'] },
      [
        'redirectUris[0]: must be https, or http on 127.0.0.1, [::1] or localhost; got "http://app.example/cb"',
        'redirectUris[1]: must be https, http on a loopback host, or a private-use scheme with a dot, such as com.example.app:/callback; got "javascript:alert(1)"',
        'redirectUris[2]: must be a string; got 7',
        'redirectUris[3]: must not have a user name or a password; got a string',
      ],
    ],
    [
      'one redirect URI in place of a list',
      { ...confidential, redirectUris: CALLBACK },
      ['redirectUris: must be a list; got "https://app.example/callback"'],
    ],
    [
      'too many redirect URIs',
      { ...confidential, redirectUris: Array.from({ length: 21 }, (_, index) => `https://app.example/${index}`) },
      ['redirectUris: must have at most 20 entries; got 21'],
    ],
    ['a text for public', { ...confidential, public: 'no' }, ['public: must be true or false; got "no"']],
    ['a text for consent', { ...confidential, consent: 'no' }, ['consent: must be true or false; got "no"']],
  ])('cannot have %s', (_what, application, faults) => {
    expect(faultsOf(application)).toEqual(faults);
  });

  it('may list the grant types of a public client', () => {
    const grantTypes = ['authorization_code', 'refresh_token'];
    expect(resolved({ ...open, grantTypes })).toMatchObject({ grantTypes });
    expect(resolved({ ...open, grantTypes: ['authorization_code'] })).toMatchObject({
      grantTypes: ['authorization_code'],
    });
  });
});
