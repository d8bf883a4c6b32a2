import { ConfigurationError, type ScopegateOptions } from 'scopegate';
import { resolveOptions } from '../../src/options/settings';
import { thrownBy } from '../support/expect/thrown';

/** Values that plain JavaScript may pass in. */
const resolve = (cors: unknown) => resolveOptions({ issuer: 'https://api.example.com', cors } as ScopegateOptions).cors;

const messageOf = (cors: unknown): string => {
  const thrown = thrownBy(() => resolve(cors));
  expect([cors, thrown]).toEqual([cors, expect.any(ConfigurationError)]);
  return (thrown as ConfigurationError).message;
};

describe('the option cors', () => {
  it.each([undefined, false])('leaves CORS to the host application if it is %p', (value) => {
    expect(resolve(value)).toBeUndefined();
  });

  it('allows every origin without credentials if it is true', () => {
    expect(resolve(true)).toEqual({ origins: 'any', credentials: false, maxAge: 600 });
  });

  it('allows the listed origins', () => {
    const origins = [
      'https://app.example',
      'http://localhost:5173',
      'https://xn--bcher-kva.example',
      'http://[::1]:3000',
    ];
    expect(resolve({ origins, credentials: true, maxAge: 0 })).toEqual({
      origins: new Set(origins),
      credentials: true,
      maxAge: 0,
    });
  });

  it.each([
    ['https://app.example/', 'write https://app.example'],
    ['https://app.example/path', 'write https://app.example'],
    ['https://APP.example', 'write https://app.example'],
    ['HTTPS://app.example', 'write https://app.example'],
    ['https://app.example:443', 'write https://app.example'],
    ['https://bücher.example', 'write https://xn--bcher-kva.example'],
    ['https://user@app.example', 'write https://app.example'],
    ['https://app.example?x', 'write https://app.example'],
    ['*', 'write cors: true'],
    ['null', 'must be an origin such as https://app.example'],
    ['https://*.example.com', 'must be an origin such as https://app.example'],
    ['app.example', 'must be an origin such as https://app.example'],
    ['capacitor://localhost', 'must be an origin such as https://app.example'],
    ['', 'must be an origin such as https://app.example'],
    [7, 'must be an origin such as https://app.example'],
    [undefined, 'must be an origin such as https://app.example'],
  ])('refuses the origin %p, and says how it is written', (origin, cure) => {
    const message = messageOf({ origins: ['https://other.example', origin] });
    expect(message).toContain('cors.origins[1]');
    expect(message).toContain(cure);
    expect(message).not.toContain('write null');
  });

  it.each([
    [{}, 'cors.origins: is missing: list the origins, or write cors: true'],
    [{ credentials: true }, 'cors.origins: is missing'],
    [{ origins: [] }, 'cors.origins: is empty'],
    [{ origins: 'https://app.example' }, 'cors.origins: must be a list'],
    [{ origins: Array.from({ length: 101 }, (_, index) => `https://app${index}.example`) }, 'at most 100'],
    [{ origins: ['https://app.example'], credentials: 'yes' }, 'cors.credentials: must be true or false'],
    [{ origins: ['https://app.example'], maxAge: 86_401 }, 'cors.maxAge: must be a whole number of seconds'],
    [{ origins: ['https://app.example'], methods: [] }, 'cors.methods: is unknown'],
    ['https://app.example', 'cors: must be an object'],
  ])('refuses %j', (cors, fault) => {
    expect(messageOf(cors)).toContain(fault);
  });
});
