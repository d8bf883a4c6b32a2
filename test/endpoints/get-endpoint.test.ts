import express from 'express';
import request from 'supertest';
import { getEndpoint } from '../../src/endpoints/get-endpoint';
import { readyEndpoint } from '../../src/endpoints/health';
import { ObservedRequests } from '../../src/events/request-facts';

const served = (endpoint: ReturnType<typeof getEndpoint>) => request(express().use(endpoint));

describe('a GET endpoint', () => {
  it('answers 500 when its response cannot be created, and does not hang', async () => {
    const { status, body } = await served(getEndpoint(() => Promise.reject(new Error('CANARY')))).get('/');
    expect([status, body]).toEqual([
      500,
      { error: 'server_error', error_description: 'The server met an unexpected condition.' },
    ]);
  });

  it('answers 500 when readiness fails for another reason than an unavailable store', async () => {
    const check = (): Promise<void> => Promise.reject(new TypeError('CANARY'));
    const { status, text } = await served(
      readyEndpoint({ name: 'redis', check }, { check }, new ObservedRequests()),
    ).get('/');
    expect([status, text.includes('CANARY')]).toEqual([500, false]);
  });
});
