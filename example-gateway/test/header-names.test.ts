import { cachedByName, connectionOptions, foldedName } from '../src/proxy/header-names';

describe('the cache of header names', () => {
  const counting = () => {
    const read: string[] = [];
    const cached = cachedByName((name) => {
      read.push(name);
      return name.toLowerCase();
    });
    return { read, cached };
  };

  it('reads a name once', () => {
    const { read, cached } = counting();
    expect([cached('Accept'), cached('Accept'), cached('ACCEPT')]).toEqual(['accept', 'accept', 'accept']);
    expect(read).toEqual(['Accept', 'ACCEPT']);
  });

  it('is emptied when a client has sent a thousand names, and caches no long ones', () => {
    const { read, cached } = counting();
    for (let number = 0; number <= 1_000; number += 1) cached(`x-${number}`);
    cached('x-0');
    expect(read.filter((name) => name === 'x-0')).toHaveLength(2);
    const long = 'x'.repeat(65);
    cached(long);
    cached(long);
    expect(read.filter((name) => name === long)).toHaveLength(2);
  });
});

test('a name is folded without case and punctuation', () => {
  expect(['X_Authenticated.Scope', 'x-authenticated-scope'].map(foldedName)).toEqual([
    'xauthenticatedscope',
    'xauthenticatedscope',
  ]);
});

test('Connection makes only the headers that it names hop-by-hop', () => {
  expect([...connectionOptions('X-Private, close')]).toEqual(['xprivate', 'close']);
  for (const connection of [undefined, '', ', ,'])
    expect(connectionOptions(connection).has(foldedName('~'))).toBe(false);
});
