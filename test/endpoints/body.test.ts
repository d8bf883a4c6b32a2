import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { FormReader } from '../../src/endpoints/body';
import { recordedLogger } from '../support/gate/gate';
import { nextTurn } from '../support/time/waiting';
import { throwing, revokedProxy } from '../support/expect/thrown-things';

const FORM = 'name=J%C3%B6rg&raw=jörg €😀&plus=a+b';
const PARAMETERS = { name: 'Jörg', raw: 'jörg €😀', plus: 'a b' };
const BYTES = Buffer.from(FORM);

type Touched = IncomingMessage & { body?: unknown; rawBody?: unknown };

interface Framing {
  /** `undefined`: in chunks. @default the length of FORM */
  readonly length?: number | undefined;
}

/** A request as middlewares see it, whose body the test writes. */
const aRequest = (framing: Framing = { length: BYTES.length }) => {
  const length: Record<string, string> =
    framing.length === undefined ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(framing.length) };
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...length };
  const stream = new PassThrough();
  const request = Object.assign(stream, { headers, rawHeaders: Object.entries(headers).flat() });
  return { request: request as unknown as Touched, stream };
};

const aReader = () => new FormReader(recordedLogger().logger);

const read = async (request: IncomingMessage) => Object.fromEntries(await aReader().read(request));

/** The result of a read: the parameters, or the status of the refusal. @throws anything that is not a refusal */
const outcomeOf = (request: IncomingMessage): Promise<unknown> =>
  read(request).catch((thrown: unknown) => {
    if (thrown instanceof Error && 'status' in thrown) return thrown.status;
    throw thrown;
  });

/** A request whose whole body has been read, with these properties left on it. */
const aConsumedRequest = async (left: object, framing?: Framing): Promise<Touched> => {
  const { request, stream } = aRequest(framing);
  stream.end(BYTES);
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) void chunk;
  return Object.defineProperties(request, Object.getOwnPropertyDescriptors(left));
};

describe('a stream with the encoding', () => {
  const lossless = ['utf8', 'utf-8', 'latin1', 'binary', 'hex', 'base64', 'base64url'] as const;

  it.each(lossless)('%s yields the exact body, however it is cut into chunks', async (encoding) => {
    for (let cut = 1; cut < BYTES.length; cut += 1) {
      const { request, stream } = aRequest();
      request.setEncoding(encoding);
      const reading = read(request);
      stream.write(BYTES.subarray(0, cut));
      stream.end(BYTES.subarray(cut));
      expect(await reading).toEqual(PARAMETERS);
    }
  });

  it.each(lossless)('%s yields the exact body when each byte arrives by itself', async (encoding) => {
    const { request, stream } = aRequest();
    request.setEncoding(encoding);
    const reading = read(request);
    for (const byte of BYTES) stream.write(Buffer.of(byte));
    stream.end();
    expect(await reading).toEqual(PARAMETERS);
  });

  it.each(['utf8', 'latin1', 'hex'] as const)('%s may be set after the body has arrived', async (encoding) => {
    const { request, stream } = aRequest();
    stream.end(BYTES);
    request.setEncoding(encoding);
    expect(await read(request)).toEqual(PARAMETERS);
  });

  it.each(['base64', 'base64url'] as const)(
    '%s that was set after the body had arrived, so that its last bytes are lost, is refused with 400',
    async (encoding) => {
      const { request, stream } = aRequest();
      stream.end(BYTES);
      request.setEncoding(encoding);
      expect(await outcomeOf(request)).toBe(400);
    },
  );

  it.each([
    ['utf8', PARAMETERS],
    ['latin1', PARAMETERS],
    ['hex', PARAMETERS],
    ['base64', 400],
  ] as const)('%s and without an announced length yields %j', async (encoding, outcome) => {
    const { request, stream } = aRequest({ length: undefined });
    request.setEncoding(encoding);
    stream.end(BYTES);
    expect(await outcomeOf(request)).toEqual(outcome);
  });

  it.each(['ascii', 'utf16le', 'ucs2'] as const)('%s, which loses bits, is refused with 400', async (encoding) => {
    const { request, stream } = aRequest();
    request.setEncoding(encoding);
    stream.end(BYTES);
    expect(await outcomeOf(request)).toBe(400);
  });

  it('utf8 is refused with 400 when the bytes are not UTF-8', async () => {
    const { request, stream } = aRequest();
    request.setEncoding('utf8');
    stream.end(Buffer.from([0x61, 0x3d, 0xff]));
    expect(await outcomeOf(request)).toBe(400);
  });

  it.each(lossless)('%s is limited to 32 KiB', async (encoding) => {
    const { request, stream } = aRequest({ length: 32 * 1024 });
    request.setEncoding(encoding);
    const reading = outcomeOf(request);
    stream.end(`a=${'x'.repeat(32 * 1024 - 2)}`);
    expect(await reading).toMatchObject({ a: expect.any(String) as string });
    const larger = aRequest({ length: undefined });
    larger.request.setEncoding(encoding);
    larger.stream.end(`a=${'x'.repeat(32 * 1024 - 1)}`);
    expect(await outcomeOf(larger.request)).toBe(413);
  });
});

describe('a body in chunks', () => {
  const insidePair = FORM.indexOf('😀') + 1;

  it.each<[string, readonly unknown[]]>([
    ['texts', ['name=J%C3%B6rg&raw=jörg €😀', '&plus=a+b']],
    ['texts that are cut inside a surrogate pair', [FORM.slice(0, insidePair), FORM.slice(insidePair)]],
    ['plain byte arrays', [new Uint8Array(BYTES)]],
    ['texts and buffers', [BYTES.subarray(0, 5), BYTES.subarray(5).toString()]],
  ])('may consist of %s', async (_kinds, chunks) => {
    const { request } = aRequest();
    const reading = read(request);
    for (const chunk of chunks) request.emit('data', chunk);
    request.emit('end');
    expect(await reading).toEqual(PARAMETERS);
  });

  it.each([[{}], [5], [null], [undefined], [['a=1']], [Symbol('chunk')], [revokedProxy()]])(
    'is refused with 400 if a chunk is neither text nor bytes (case %#)',
    async (chunk) => {
      const { request } = aRequest();
      const reading = outcomeOf(request);
      request.emit('data', chunk);
      expect(await reading).toBe(400);
    },
  );
});

describe('a stream that middleware has touched', () => {
  it.each<[string, (stream: PassThrough) => unknown]>([
    ['was paused', (stream) => stream.pause()],
    ['was paused after it was given an encoding', (stream) => stream.setEncoding('utf8').pause()],
    ['flows already', (stream) => stream.resume()],
    ['has a listener', (stream) => stream.on('data', () => undefined)],
    ['has a listener for when it is readable', (stream) => stream.on('readable', () => undefined)],
    ['has an iterator that waits', (stream) => void stream[Symbol.asyncIterator]()],
    ['is piped to a stream that is read', (stream) => stream.pipe(new PassThrough()).resume()],
    ['is piped to a stream that is not read', (stream) => stream.pipe(new PassThrough({ highWaterMark: 1 }))],
    ['was read and put back', (stream) => stream.unshift(stream.read(5))],
    [
      'has given all to a middleware that emits it again in the same turn',
      (stream) => {
        const chunk: unknown = stream.read();
        process.nextTick(() => stream.emit('data', chunk) && stream.emit('end'));
      },
    ],
    [
      'has given all to a middleware that emits it again a turn later',
      (stream) => {
        const chunk: unknown = stream.read();
        setImmediate(() => stream.emit('data', chunk) && stream.emit('end'));
      },
    ],
  ])('yields the exact body when it %s', async (_how, touch) => {
    const { request, stream } = aRequest();
    stream.end(BYTES);
    touch(stream);
    expect(await read(request)).toEqual(PARAMETERS);
  });

  it.each<[string, (stream: PassThrough) => unknown]>([
    ['a part was read', (stream) => stream.read(5)],
    ['more was put back than was read', (stream) => stream.unshift(`x=1&${String(stream.read(5))}`)],
    [
      'an iterator has taken the first chunk',
      async (stream) => {
        await stream[Symbol.asyncIterator]().next();
      },
    ],
  ])('is refused with 400 when %s', async (_how, touch) => {
    const { request, stream } = aRequest();
    stream.end(BYTES);
    await touch(stream);
    expect(await outcomeOf(request)).toBe(400);
  });

  it('is refused with 400 if the body has no length, because a missing part would go unnoticed', async () => {
    const { request, stream } = aRequest({ length: undefined });
    stream.end(BYTES);
    stream.unshift(stream.read(5));
    expect(await outcomeOf(request)).toBe(400);
  });
});

describe('the body that middleware left on the request', () => {
  it.each<[string, object]>([
    ['a raw body in bytes', { rawBody: BYTES }],
    ['a raw body as text', { rawBody: FORM }],
    ['a raw body beside an empty parsed one', { rawBody: BYTES, body: {} }],
    ['a body in bytes', { body: BYTES }],
    ['a body in a plain byte array', { body: new Uint8Array(BYTES) }],
    ['a body as text', { body: FORM }],
    ['a parsed body', { body: PARAMETERS }],
    ['a parsed body without a prototype', { body: Object.assign(Object.create(null) as object, PARAMETERS) }],
    ['a frozen parsed body', { body: Object.freeze({ ...PARAMETERS }) }],
    ['a parsed body beside a raw one that is cut', { body: PARAMETERS, rawBody: BYTES.subarray(1) }],
  ])('is used when it is %s', async (_what, left) => {
    expect(await read(await aConsumedRequest(left))).toEqual(PARAMETERS);
  });

  it('is used even if it cannot be removed from the request', async () => {
    const request = await aConsumedRequest({
      get body() {
        return PARAMETERS;
      },
    });
    expect(await read(request)).toEqual(PARAMETERS);
  });

  it('is taken from the raw body rather than the parsed one, which may hide a repeated name', async () => {
    const left = { rawBody: Buffer.from('a=1&a=2'), body: { a: '2' } };
    expect(await outcomeOf(await aConsumedRequest(left, { length: 7 }))).toBe(400);
  });

  it('may be a raw body of unknown length once the stream has ended', async () => {
    expect(await read(await aConsumedRequest({ rawBody: FORM }, { length: undefined }))).toEqual(PARAMETERS);
  });

  it.each<[string, object]>([
    ['missing', {}],
    ['an empty object', { body: {} }],
    ['null', { body: null }],
    ['a number', { body: 5 }],
    ['a raw body that is cut', { rawBody: BYTES.subarray(1) }],
    ['a text with a replacement character', { body: 'a=\uFFFD' }],
    ['a body whose getter throws', Object.defineProperty({}, 'body', { get: throwing, enumerable: true })],
    ['a raw body whose getter throws', Object.defineProperty({}, 'rawBody', { get: throwing, enumerable: true })],
    ['a member whose getter throws', { body: Object.defineProperty({}, 'a', { get: throwing, enumerable: true }) }],
    ['a proxy that throws', { body: new Proxy({}, { ownKeys: throwing, get: throwing, getPrototypeOf: throwing }) }],
    ['a revoked proxy', { body: revokedProxy() }],
    ['an object of values that are not texts', { body: { a: { b: '1' } } }],
  ])('is refused with 400 when it is %s', async (_what, left) => {
    expect(await outcomeOf(await aConsumedRequest(left))).toBe(400);
  });

  it('is removed from the request, so that later handlers find no password in it', async () => {
    const request = await aConsumedRequest({ body: PARAMETERS, rawBody: FORM });
    await read(request);
    expect([request.body, request.rawBody]).toEqual([undefined, undefined]);
  });

  it('is logged once, with the remedy', async () => {
    const { logger, lines } = recordedLogger();
    const reader = new FormReader(logger);
    for (const left of [{ body: PARAMETERS }, {}, { body: PARAMETERS }]) {
      await reader.read(await aConsumedRequest(left)).catch(() => undefined);
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]?.message).toContain('mount gate.routes() above');
  });
});

describe('a broken stream', () => {
  it.each<[string, (stream: PassThrough) => unknown]>([
    ['was destroyed', (stream) => stream.destroy()],
    ['was destroyed with an error', (stream) => stream.on('error', () => undefined).destroy(new Error('CANARY'))],
  ])('that %s before the read is refused with 400 without waiting', async (_how, breakIt) => {
    const { request, stream } = aRequest();
    breakIt(stream);
    await nextTurn();
    expect(await outcomeOf(request)).toBe(400);
  });

  it.each<[string, (stream: PassThrough) => unknown]>([
    ['is destroyed', (stream) => stream.destroy()],
    ['is destroyed with an error', (stream) => stream.destroy(new Error('CANARY'))],
    ['emits an error', (stream) => stream.emit('error', new Error('CANARY'))],
    ['emits undefined as an error', (stream) => stream.emit('error', undefined)],
  ])('that %s during the read is refused with 400', async (_how, breakIt) => {
    const { request, stream } = aRequest();
    const reading = outcomeOf(request);
    stream.write(BYTES.subarray(0, 5));
    breakIt(stream);
    expect(await reading).toBe(400);
  });

  it('may emit an error after the read without ending the process', async () => {
    const { request, stream } = aRequest();
    stream.end(BYTES);
    await read(request);
    expect(() => stream.emit('error', new Error('late'))).not.toThrow();
  });
});

describe('a stream that never ends', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
  afterEach(() => void jest.useRealTimers());

  it.each<[string, (stream: PassThrough) => unknown]>([
    ['sends no more', () => undefined],
    ['was read before and sends no more', (stream) => stream.read(5)],
    ['is paused when it has begun', (stream) => setImmediate(() => stream.pause())],
    ['loses all its listeners', (stream) => setImmediate(() => stream.removeAllListeners())],
  ])('that %s is refused with 408 after ten seconds', async (_how, touch) => {
    const { request, stream } = aRequest();
    stream.write(BYTES.subarray(0, 8));
    touch(stream);
    const reading = outcomeOf(request);
    let isSettled = false;
    void reading.then(() => {
      isSettled = true;
    });
    await nextTurn();
    await nextTurn();
    await jest.advanceTimersByTimeAsync(9_900);
    expect(isSettled).toBe(false);
    await jest.advanceTimersByTimeAsync(100);
    expect(await reading).toBe(408);
    expect(jest.getTimerCount()).toBe(0);
  });
});
