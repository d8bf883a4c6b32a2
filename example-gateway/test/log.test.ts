import { Writable } from 'node:stream';
import pino from 'pino';
import { LogStream } from '../src/log/log-stream';
import { Repeats } from '../src/log/repeats';
import { aGateway, type LogLine } from './support/gateway';
import { unusedAddress } from './support/upstream';
import { nextTurn } from '../../test/support/time/waiting';

/** A reader that reads nothing until it is resumed. */
class StalledReader extends Writable {
  readonly taken: string[] = [];
  #pending: (() => void) | undefined;
  #isStalled = true;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk.toString());
    if (this.#isStalled) this.#pending = done;
    else done();
  }

  resumeReading(): void {
    this.#isStalled = false;
    this.#pending?.();
  }
}

describe('the log stream', () => {
  it('buffers a bounded number of bytes for a reader that stalls, and counts the lines that it drops', async () => {
    const reader = new StalledReader();
    const log = new LogStream(reader, 100_000);
    const resumed = new Promise<number>((resolve) => log.onResume(resolve));
    for (let index = 0; index < 10_000; index += 1) {
      log.write(`${'x'.repeat(99)}\n`);
      if (index % 100 === 0) await nextTurn();
    }
    expect(reader.writableLength).toBeLessThanOrEqual(100_000);
    reader.resumeReading();
    expect(await resumed).toBe(9_000);
    expect(log.droppedTotal).toBe(9_000);
    await log.flush(1_000);
    expect(reader.taken.join('').length).toBe(100_000);
  });

  it('bounds the lines of one turn of the event loop as well', async () => {
    const reader = new StalledReader();
    const log = new LogStream(reader, 100_000);
    for (let index = 0; index < 10_000; index += 1) log.write(`${'x'.repeat(99)}\n`);
    expect(log.droppedTotal).toBe(9_000);
  });

  it('writes the lines of one turn of the event loop together, and those of the last turn before the process ends', async () => {
    const reader = new StalledReader();
    const log = new LogStream(reader);
    reader.resumeReading();
    log.write('one\n');
    log.write('two\n');
    expect(reader.taken).toEqual([]);
    await nextTurn();
    expect(reader.taken).toEqual(['one\ntwo\n']);
    log.write('three\n');
    log.writeGathered();
    await nextTurn();
    expect(reader.taken).toEqual(['one\ntwo\n', 'three\n']);
  });

  it('reports once what it dropped', async () => {
    const reader = new StalledReader();
    const log = new LogStream(reader, 20_000);
    const counts: number[] = [];
    log.onResume((dropped) => counts.push(dropped));
    for (let index = 0; index < 300; index += 1) log.write(`${'x'.repeat(99)}\n`);
    reader.resumeReading();
    await log.flush(1_000);
    await nextTurn();
    for (let index = 0; index < 200; index += 1) log.write(`${'x'.repeat(99)}\n`);
    await log.flush(1_000);
    await nextTurn();
    expect(counts).toEqual([100]);
  });

  it('waits for a stalled reader until the deadline and no longer', async () => {
    const log = new LogStream(new StalledReader());
    log.write('a line\n');
    const began = performance.now();
    await log.flush(50);
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('is unaffected by a reader that has disconnected', async () => {
    const left = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const log = new LogStream(left);
    log.write('a line\n');
    await nextTurn();
    log.write('another\n');
    await log.flush(1_000);
  });
});

describe('a repeated log line', () => {
  const INTERVAL = 10_000;
  let lines: LogLine[];
  let repeats: Repeats;

  beforeEach(() => {
    jest.useFakeTimers();
    lines = [];
    const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) });
    repeats = new Repeats(logger, INTERVAL);
  });

  afterEach(() => {
    repeats.close();
    jest.useRealTimers();
  });

  const fail = (times: number, reason = 'ECONNREFUSED'): void => {
    for (let index = 0; index < times; index += 1) repeats.write('warn', { reason }, 'An upstream failed');
  };

  it('is logged immediately, and then once per interval with its count', () => {
    fail(1);
    expect(lines).toMatchObject([{ level: 40, reason: 'ECONNREFUSED', msg: 'An upstream failed' }]);
    fail(1_999);
    expect(lines).toHaveLength(1);
    jest.advanceTimersByTime(INTERVAL);
    expect(lines.slice(1)).toMatchObject([{ reason: 'ECONNREFUSED', repeated: 1_999, withinMs: INTERVAL }]);
    fail(5);
    jest.advanceTimersByTime(INTERVAL);
    expect(lines.slice(2)).toMatchObject([{ repeated: 5 }]);
  });

  it('is logged immediately again after an interval without it', () => {
    fail(1);
    jest.advanceTimersByTime(INTERVAL);
    fail(1);
    expect(lines).toHaveLength(2);
    expect(lines[1]).not.toHaveProperty('repeated');
  });

  it('does not suppress other lines', () => {
    fail(3);
    fail(3, 'ECONNRESET');
    expect(lines.map(({ reason }) => reason)).toEqual(['ECONNREFUSED', 'ECONNRESET']);
  });

  it('is counted until the log is closed', () => {
    fail(4);
    repeats.close();
    expect(lines.at(-1)).toMatchObject({ repeated: 3 });
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('an unavailable upstream', () => {
  it('is logged once and then counted, however many requests fail', async () => {
    const gateway = await aGateway({ upstream: await unusedAddress() });
    for (let index = 0; index < 20; index += 1) {
      expect((await gateway.send(['GET /orders/health HTTP/1.1'])).status).toBe(502);
    }
    const failures = () => gateway.lines.filter(({ msg }) => msg === 'An upstream failed');
    expect(failures()).toHaveLength(1);
    expect(failures()[0]).toMatchObject({ api: 'orders', method: 'GET', status: 502, reason: 'ECONNREFUSED' });
    await gateway.close();
    expect(failures()[1]).toMatchObject({ api: 'orders', repeated: 19 });
  });
});
