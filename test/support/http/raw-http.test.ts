import express from 'express';
import { exchangeRaw, rawRequest, sendRaw, serve, valuesOf } from './raw-http';

describe('the raw HTTP client', () => {
  const app = express();
  app.get('/text', (_request, response) => void response.send('grün'));
  app.get('/chunks', (_request, response) => {
    response.write('one ');
    response.write('two');
    response.end();
  });
  app.post('/echo', (incoming, response) => void incoming.pipe(response));
  app.get('/two', (_request, response) => {
    response.setHeader('X-Two', ['a', 'b']);
    response.status(204).end();
  });
  app.get('/silent', () => undefined);
  let port: number;
  beforeAll(async () => {
    ({ port } = await serve(app));
  });

  const get = (path: string, ...lines: string[]) => rawRequest([`GET ${path} HTTP/1.1`, 'Host: x', ...lines]);

  it('returns a response with a length, and the connection stays open', async () => {
    const response = await sendRaw(port, get('/text'));
    expect(response).toMatchObject({ status: 200, reason: 'OK', body: 'grün', closed: false, leftover: '' });
    expect(valuesOf(response, 'CONTENT-LENGTH')).toEqual(['5']);
  });

  it('returns a response in chunks, and reports that the connection was closed', async () => {
    const response = await sendRaw(port, get('/chunks', 'Connection: close'));
    expect(response).toMatchObject({ status: 200, body: 'one two', closed: true });
  });

  it('returns all responses of one connection, in order', async () => {
    const { responses } = await exchangeRaw(port, Buffer.concat([get('/chunks'), get('/two'), get('/text')]), {
      responses: 3,
    });
    expect(responses.map(({ status, body }) => [status, body])).toEqual([
      [200, 'one two'],
      [204, ''],
      [200, 'grün'],
    ]);
    expect(valuesOf(responses[1] ?? { headers: [] }, 'x-two')).toEqual(['a', 'b']);
  });

  it('expects no body for HEAD', async () => {
    const response = await sendRaw(port, 'HEAD /text HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(response).toMatchObject({ status: 200, body: '', leftover: '' });
  });

  it('sends bytes unchanged, in parts, and returns interim responses', async () => {
    async function* parts() {
      yield 'POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n';
      yield '\xc3';
      yield '\xbc';
      yield Uint8Array.of(0x21, 0x22);
    }
    expect(await sendRaw(port, parts())).toMatchObject({ status: 200, body: 'ü!"', interim: [100] });
  });

  it('returns a refusal by the HTTP parser', async () => {
    const response = await sendRaw(port, 'GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n');
    expect(response).toMatchObject({ status: 400, closed: true });
  });

  it('fails if no server answers', async () => {
    await expect(sendRaw(port, get('/silent'), { deadlineMs: 50 })).rejects.toThrow('There was no answer');
    await expect(sendRaw(port, 'GET /', { end: true })).resolves.toMatchObject({ status: 400 });
    const { responses, closed } = await exchangeRaw(port, get('/silent'), { deadlineMs: 50 });
    expect({ responses, closed }).toEqual({ responses: [], closed: false });
  });
});
