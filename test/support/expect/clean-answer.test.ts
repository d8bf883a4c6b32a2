import express from 'express';
import request from 'supertest';
import { expectCleanAnswer } from './clean-answer';
import { sendRaw, serve } from '../http/raw-http';

describe('the response oracle', () => {
  const app = express();
  app.disable('x-powered-by');
  const headers = { 'Cache-Control': 'no-store', Pragma: 'no-cache', 'X-Content-Type-Options': 'nosniff' };
  app.get('/clean', (_request, response) => void response.set(headers).status(400).json({ error: 'invalid_grant' }));
  app.get('/leak', (_request, response) => {
    response.set(headers).status(500).json({ error: 'server_error', error_description: 'connect ECONNREFUSED' });
  });
  app.get('/stored', (_request, response) => void response.status(400).json({ error: 'invalid_grant' }));

  it('accepts a clean response, sent by supertest or raw', async () => {
    const { port } = await serve(app);
    const expected = { status: [400, 401], error: 'invalid_grant' };
    expect(expectCleanAnswer(await request(app).get('/clean'), expected)).toEqual({ error: 'invalid_grant' });
    expectCleanAnswer(await sendRaw(port, 'GET /clean HTTP/1.1\r\nHost: x\r\n\r\n'), expected);
  });

  it('fails on a response that reveals internals, may be stored, or has another status', async () => {
    const leak = await request(app).get('/leak');
    const stored = await request(app).get('/stored');
    expect(() => expectCleanAnswer(leak, { status: 500 })).toThrow('econn');
    expect(() => expectCleanAnswer(leak, { status: 400, allow: ['econn'] })).toThrow();
    expect(() => expectCleanAnswer(stored, { status: 400 })).toThrow('no-store');
    expect(() => expectCleanAnswer(stored, { status: 400, from: 'resource', without: ['grant'] })).toThrow('grant');
  });
});
