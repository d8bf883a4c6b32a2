import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import express, { type Request, type RequestHandler } from 'express';

/** What a middleware before the gate does to a request; whether the body can still be read exactly. */
export interface Touch {
  readonly how: string;
  readonly outcome: 'exact' | 'refused';
  readonly handler: RequestHandler;
}

type RawBodyRequest = Request & { rawBody?: string | Buffer };

const touch = (how: string, outcome: Touch['outcome'], act: (request: Request) => unknown): Touch => ({
  how,
  outcome,
  handler: (request, _response, next) => {
    act(request);
    next();
  },
});

/** One that waits for something before the gate gets the request. */
const touchLater = (how: string, outcome: Touch['outcome'], act: (request: Request) => Promise<unknown>): Touch => ({
  how,
  outcome,
  handler: (request, _response, next) => {
    act(request).then(() => next(), next);
  },
});

/** Holds a request's events back, and emits them again on demand, like the module `pause`. */
const holdEvents = (request: Request) => {
  const events: [string, ...unknown[]][] = [];
  const onData = (chunk: unknown): void => void events.push(['data', chunk]);
  const onEnd = (): void => void events.push(['end']);
  request.on('data', onData).on('end', onEnd);
  return (): void => {
    request.off('data', onData).off('end', onEnd);
    for (const [name, ...values] of events) request.emit(name, ...values);
  };
};

const replayed = (when: string, replayBy: (replay: () => void) => unknown): Touch => ({
  how: `is held back while a middleware waits, and emitted again ${when}`,
  outcome: 'exact',
  handler: (request, _response, next) => {
    const replay = holdEvents(request);
    once(request, 'end').then(() => {
      next();
      replayBy(replay);
    }, next);
  },
});

const readBody = async (request: Request): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
  await once(request, 'end');
  return Buffer.concat(chunks);
};

const encodings = ['utf8', 'latin1', 'hex', 'base64', 'base64url'] as const;

export const touches: readonly Touch[] = [
  touch('is left alone', 'exact', () => undefined),
  ...encodings.map((name) => touch(`has the encoding ${name}`, 'exact', (request) => request.setEncoding(name))),
  touch('has the encoding ascii', 'refused', (request) => request.setEncoding('ascii')),
  touch('has the encoding utf16le', 'refused', (request) => request.setEncoding('utf16le')),
  touch('is paused', 'exact', (request) => request.pause()),
  touch('has an encoding and is paused', 'exact', (request) => request.setEncoding('utf8').pause()),
  touch('flows', 'exact', (request) => request.resume()),
  touch('is listened to', 'exact', (request) => request.on('data', () => undefined)),
  touch('is listened to for when it is readable', 'exact', (request) => request.on('readable', () => undefined)),
  touch('is piped somewhere', 'exact', (request) => request.pipe(new PassThrough()).resume()),
  touch('has an iterator that nothing was asked of', 'exact', (request) => request[Symbol.asyncIterator]()),
  touch('is gathered in rawBody by the usual snippet', 'exact', (request: RawBodyRequest) => {
    request.rawBody = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      request.rawBody = `${String(request.rawBody)}${chunk}`;
    });
  }),
  touchLater('was gathered in rawBody as text', 'exact', async (request: RawBodyRequest) => {
    request.rawBody = (await readBody(request)).toString();
  }),
  touchLater('was gathered in rawBody as bytes', 'exact', async (request: RawBodyRequest) => {
    request.rawBody = await readBody(request);
  }),
  touchLater('was read in part, and put back', 'exact', async (request) => {
    await once(request, 'readable');
    request.unshift(request.read(5));
  }),
  replayed('in the same turn', (replay) => replay()),
  replayed('a turn later', (replay) => setImmediate(replay)),
  replayed('twenty milliseconds later', (replay) => setTimeout(replay, 20)),
  { how: 'was parsed by express.urlencoded', outcome: 'exact', handler: express.urlencoded({ extended: false }) },
  { how: 'was parsed by express.text', outcome: 'exact', handler: express.text({ type: () => true }) },
  { how: 'was parsed by express.raw', outcome: 'exact', handler: express.raw({ type: () => true }) },
  { how: 'was passed by express.json', outcome: 'exact', handler: express.json() },
  { how: 'was read by express.json', outcome: 'refused', handler: jsonOfAnything() },
  touchLater('was read in part', 'refused', async (request) => {
    await once(request, 'readable');
    request.read(5);
  }),
  touchLater('has lost its first chunk', 'refused', async (request) => {
    await once(request, 'data');
    request.pause();
  }),
  touchLater('has lost its first chunk to an iterator', 'refused', async (request) => {
    await request.iterator({ destroyOnReturn: false }).next();
  }),
  touchLater('was read to its end and dropped', 'refused', async (request) => {
    request.resume();
    await once(request, 'end');
  }),
  touchLater('was read, and has a body whose getter throws', 'refused', async (request) => {
    await readBody(request);
    Object.defineProperty(request, 'body', {
      get: () => {
        throw new Error('CANARY');
      },
    });
  }),
  touch('emits something that is no data', 'refused', (request) => setImmediate(() => request.emit('data', {}))),
  touch('emits an error', 'refused', (request) => setImmediate(() => request.emit('error', new Error('CANARY')))),
  touch('was destroyed', 'refused', (request) => request.destroy()),
  touch('is destroyed later', 'refused', (request) => setImmediate(() => request.destroy(new Error('CANARY')))),
  touchLater('was left by an iterator in the middle', 'refused', async (request) => {
    for await (const chunk of request) if (chunk !== undefined) break;
  }),
];

/** A parser that takes a form for JSON, and whose complaint the host ignores. */
function jsonOfAnything(): RequestHandler {
  const parse = express.json({ type: () => true });
  return (request, response, next) => parse(request, response, () => next());
}
