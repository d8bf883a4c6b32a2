import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { exchangeRaw, sendRaw, valuesOf, type RawResponse } from '../support/http/raw-http';
import {
  APPLICATION_HEADER,
  aServedGate,
  aSource,
  FORM_TYPE,
  PASSWORD_FORM,
  tokenRequest,
  type ServedGate,
  countPasswordChecks,
} from '../support/tokens/token-requests';
import { encodeForm, passwordForm } from '../support/tokens/forms';
import { deferred } from '../support/time/deferred';
import { after } from '../support/time/waiting';

const RIGHT_FORM = encodeForm(PASSWORD_FORM);
const MAX_BYTES = 32 * 1024;

const source = aSource();
let gate: ServedGate;
beforeAll(async () => {
  gate = await aServedGate({ users: source.users });
});

const passwordsChecked = countPasswordChecks(source);

/** The head of a token request, with these lines that say how long the body is. */
const head = (...lengths: readonly string[]): string =>
  ['POST /token HTTP/1.1', 'Host: gateway', FORM_TYPE, APPLICATION_HEADER, ...lengths, '', ''].join('\r\n');

const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

const tooLarge = { status: 413, error: 'invalid_request' } as const;

describe('a large body', () => {
  const filledUp = (bytes: number): string => `${RIGHT_FORM}&x=`.padEnd(bytes, 'x');

  it('S-019 may have 32 KiB, and not a byte more', async () => {
    expectCleanAnswer(await gate.post(filledUp(MAX_BYTES)), { status: 200 });
    const answer = await gate.post(filledUp(MAX_BYTES + 1), {}, { untilClosed: true });
    expectCleanAnswer(answer, tooLarge);
    expect(answer.closed).toBe(true);
  });

  it('S-019 is measured in chunks as well', async () => {
    const inChunks = (bytes: number): string => {
      const parts = filledUp(bytes).match(/.{1,1000}/g) ?? [];
      return `${head('Transfer-Encoding: chunked')}${parts.map(chunk).join('')}0\r\n\r\n`;
    };
    expectCleanAnswer(await sendRaw(gate.port, inChunks(MAX_BYTES)), { status: 200 });
    const answer = await sendRaw(gate.port, inChunks(MAX_BYTES + 1), { untilClosed: true });
    expectCleanAnswer(answer, tooLarge);
    expect(answer.closed).toBe(true);
  });

  it('S-019 is refused by its announced length, before any of it has arrived', async () => {
    for (const length of [MAX_BYTES + 1, 10_000_000, Number.MAX_SAFE_INTEGER]) {
      const answer = await sendRaw(gate.port, head(`Content-Length: ${length}`), { untilClosed: true });
      expectCleanAnswer(answer, tooLarge);
      expect([answer.closed, answer.elapsedMs < 2_000]).toEqual([true, true]);
    }
  });

  it.each([
    ['its length', 'Content-Length: 100000000', 'x'.repeat(65_536)],
    ['chunks', 'Transfer-Encoding: chunked', chunk('x'.repeat(65_536))],
  ])('S-019 without end, announced by %s, is answered, cut off and not buffered', async (_name, length, part) => {
    let sent = 0;
    async function* endless() {
      yield head(length);
      for (;;) {
        yield part;
        sent += part.length;
        await after(10); // slow enough to be read, or the reset of the connection overtakes the answer
      }
    }
    const answer = await sendRaw(gate.port, endless(), { untilClosed: true });
    expectCleanAnswer(answer, tooLarge);
    expect(answer.closed).toBe(true);
    expect(sent).toBeLessThan(10_000_000);
    expect(passwordsChecked()).toBe(0);
  });
});

describe('a compressed body', () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000, 'x'));

  it.each([
    ['gzip', gzipSync(RIGHT_FORM)],
    ['br', brotliCompressSync(RIGHT_FORM)],
    ['deflate', gzipSync(RIGHT_FORM)],
    ['zstd', Buffer.from(RIGHT_FORM)],
    ['gzip', bomb],
    ['gzip', Buffer.from('not gzip at all')],
    ['unheard-of', Buffer.from(RIGHT_FORM)],
    ['gzip, identity', gzipSync(RIGHT_FORM)],
    ['identity, gzip', gzipSync(RIGHT_FORM)],
    ['GZIP', gzipSync(RIGHT_FORM)],
  ])('S-021 is refused and never unpacked: %s', async (coding, body) => {
    const headers = [FORM_TYPE, APPLICATION_HEADER, `Content-Encoding: ${coding}`];
    const request = tokenRequest(body.toString('latin1'), { headers });
    expectCleanAnswer(await sendRaw(gate.port, request), { status: 415, error: 'invalid_request', without: ['Z_'] });
    expect(passwordsChecked()).toBe(0);
  });

  it('S-021 is refused if its coding is given twice, and identity is not a coding', async () => {
    const coded = (...codings: readonly string[]) =>
      gate.post(PASSWORD_FORM, {
        headers: [FORM_TYPE, APPLICATION_HEADER, ...codings.map((coding) => `Content-Encoding: ${coding}`)],
      });
    expectCleanAnswer(await coded('identity', 'gzip'), { status: 400, error: 'invalid_request' });
    expectCleanAnswer(await coded('identity'), { status: 200 });
  });
});

describe('a body whose length differs from the announced one', () => {
  it.each([
    ['is too long', head(`Content-Length: ${RIGHT_FORM.length + 1}`)],
    ['is much too long', head(`Content-Length: ${RIGHT_FORM.length + 1_000}`)],
    ['is too short', head('Content-Length: 10')],
    ['is negative', head('Content-Length: -1')],
    ['is not a number', head('Content-Length: 1e2')],
    ['is hexadecimal', head('Content-Length: 0x40')],
    ['has a sign', head(`Content-Length: +${RIGHT_FORM.length}`)],
    ['is given twice', head(`Content-Length: ${RIGHT_FORM.length}`, 'Content-Length: 5')],
    ['is a list of two', head(`Content-Length: ${RIGHT_FORM.length}, 5`)],
    ['is given with chunks', head(`Content-Length: ${RIGHT_FORM.length}`, 'Transfer-Encoding: chunked')],
    ['is that of chunks that do not end', `${head('Transfer-Encoding: chunked')}1000\r\n`],
    ['is that of an odd coding', head('Transfer-Encoding: xchunked')],
  ])('S-022 is not used if the length %s', async (_name, begin) => {
    const { responses, closed } = await exchangeRaw(gate.port, begin + RIGHT_FORM, { end: true, deadlineMs: 3_000 });
    expect(closed || responses.length === 1).toBe(true);
    expect(responses.map(({ status }) => status).filter((status) => status !== 400)).toEqual([]);
    expect([passwordsChecked(), gate.passed()]).toEqual([0, 0]);
  });
});

describe('a slow body', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('S-023 is awaited for ten seconds, while other requests are served', async () => {
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'performance', 'Date'],
    });
    const begun = deferred();
    const slow = await aServedGate({}, { inFront: [(_request, _response, next) => (begun.resolve(), next())] });
    let settled = false;
    const options = { untilClosed: true, deadlineMs: 60_000 };
    const waiting = sendRaw(slow.port, head('Content-Length: 200') + RIGHT_FORM.slice(0, 20), options);
    void waiting.finally(() => {
      settled = true;
    });
    await begun.promise;
    expectCleanAnswer(await slow.post(PASSWORD_FORM), { status: 200 });

    jest.advanceTimersByTime(9_900);
    expectCleanAnswer(await slow.post(PASSWORD_FORM), { status: 200 });
    expect(settled).toBe(false);
    jest.advanceTimersByTime(200);
    const answer = await waiting;
    expectCleanAnswer(answer, { status: 408, error: 'invalid_request' });
    expect(answer.closed).toBe(true);
  });
});

describe('an HTTP connection', () => {
  const subjectOf = async ({ body }: RawResponse): Promise<unknown> => {
    const { access_token: token } = JSON.parse(body) as { readonly access_token: string };
    return (await gate.get('/me', token)).body;
  };

  it('S-030 returns the responses of two pipelined requests in order, even if the first takes longer', async () => {
    const secondAsked = deferred();
    const slowFirst = aSource(async (username) => {
      if (username === 'first') await secondAsked.promise;
      else secondAsked.resolve();
      return { id: username };
    });
    const slow = await aServedGate({ users: slowFirst.users });
    const both = ['first', 'second'].map((name) => tokenRequest(passwordForm([`${name}@johnsorg`, 'x'])));
    const { responses } = await exchangeRaw(slow.port, Buffer.concat(both), { responses: 2 });

    const subjects = await Promise.all(
      responses.map(async ({ body }) => {
        const { access_token: token } = JSON.parse(body) as { readonly access_token: string };
        return (await slow.get('/me', token)).body as object;
      }),
    );
    expect(subjects).toEqual([
      expect.objectContaining({ subject: 'first' }),
      expect.objectContaining({ subject: 'second' }),
    ]);
  });

  it('S-031 carries no authentication from one request to the next', async () => {
    const right = tokenRequest(PASSWORD_FORM);
    const nobody = tokenRequest(PASSWORD_FORM, { headers: [FORM_TYPE] });
    const requests = [right, nobody, right];
    const { responses, closed } = await exchangeRaw(gate.port, Buffer.concat(requests), { responses: 3 });
    expect([responses.map(({ status }) => status), closed]).toEqual([[200, 401, 200], false]);
    expect(responses.map((response) => valuesOf(response, 'set-cookie'))).toEqual([[], [], []]);
    const [first, , third] = responses;
    for (const response of [first, third]) {
      expect(response && (await subjectOf(response))).toMatchObject({ clientId: 'key', subject: 'john@gmail.com' });
    }
  });
});
