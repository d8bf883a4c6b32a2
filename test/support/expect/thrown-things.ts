/** An error one of whose properties cannot be read. */
const withThrowing = (name: string, thrown: unknown = new Error('from a getter')) =>
  Object.defineProperty(new Error('CANARY'), name, {
    get: () => {
      throw thrown;
    },
  });

/** Unexpected values to throw. */
export const thrownThings: readonly (readonly [name: string, thrown: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['0', 0],
  ['false', false],
  ['an empty text', ''],
  ['NaN', Number.NaN],
  ['a text', 'CANARY'],
  ['a symbol', Symbol('CANARY')],
  ['a frozen object', Object.freeze({ message: 'CANARY' })],
  ['an object without a prototype', Object.assign(Object.create(null) as object, { message: 'CANARY' })],
  ['a frozen error', Object.freeze(new Error('CANARY'))],
  ['an error that says it is a 200', Object.assign(new Error('CANARY'), { status: 200, statusCode: 200 })],
  ['an error with headers', Object.assign(new Error('CANARY'), { headers: { 'X-CANARY': '1' } })],
  ['an error that looks like one of ours', Object.assign(new Error('CANARY'), { code: 'invalid_grant', status: 400 })],
  ['an error whose code throws', withThrowing('code')],
  ['an error whose stack throws', withThrowing('stack')],
  ['an error whose name throws', withThrowing('name')],
  ['an error whose message throws', withThrowing('message')],
  ['a function', () => 'CANARY'],
];

/** Throws, whatever it is called with. */
export const throwing = (): never => {
  throw new Error('CANARY');
};

/** A proxy that throws at every use. */
export const revokedProxy = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
