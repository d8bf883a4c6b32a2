import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { copyHeaders, editPublic, varyByToken } from '../src/proxy/response-headers';

const aResponse = (): ServerResponse => new ServerResponse(new IncomingMessage(new Socket()));

const copied = (lines: readonly (readonly [name: string, value: string])[]): ServerResponse => {
  const response = aResponse();
  copyHeaders(
    lines.flat().map((text) => Buffer.from(text, 'latin1')),
    response,
    editPublic,
  );
  return response;
};

test('blanks at the end of a value are removed, and no others', () => {
  expect(copied([['X-Note', 'a \t b \t ']]).getHeader('x-note')).toBe('a \t b');
  expect(copied([['X-Note', ' \t ']]).getHeader('x-note')).toBe('');
});

test('a value of blanks takes time in proportion to its length', () => {
  const value = `${' '.repeat(16_000)}x`;
  const began = performance.now();
  for (let round = 0; round < 50; round += 1) copied([['X-Note', value]]);
  expect(performance.now() - began).toBeLessThan(1_000);
});

test.each([
  [undefined, 'Authorization'],
  ['Accept', ['Accept', 'Authorization']],
  ['X-Authorization', ['X-Authorization', 'Authorization']],
  ['Accept , AUTHORIZATION', 'Accept , AUTHORIZATION'],
  ['*', '*'],
  [
    ['Origin', 'authorization'],
    ['Origin', 'authorization'],
  ],
])('Vary: %j becomes %j for a response to a token', (before, after) => {
  const response = aResponse();
  if (before !== undefined) response.setHeader('Vary', before);
  varyByToken(response);
  expect(response.getHeader('vary')).toEqual(after);
});
