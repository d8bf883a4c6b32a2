import type { RequestHandler } from 'express';
import { aGate } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { sendRaw } from '../support/http/raw-http';
import {
  APPLICATION_HEADER,
  aServedGate,
  aSource,
  FORM_TYPE,
  PASSWORD_FORM,
  tokenRequest,
  type Host,
} from '../support/tokens/token-requests';

/** Makes a request appear to be from another machine: the socket's address in Node, and no header. */
const from =
  (remoteAddress: string): RequestHandler =>
  (incoming, _response, next) => {
    Object.defineProperty(incoming.socket, 'remoteAddress', { value: remoteAddress, configurable: true });
    next();
  };

const ELSEWHERE = '203.0.113.9';
const https = { issuer: 'https://api.example.com' } as const;

/** The response to a right request from this address, with these headers. */
const answerTo = async (
  address: string,
  overrides: Parameters<typeof aServedGate>[0] = https,
  settings: Host['settings'] = {},
  headers: readonly string[] = [],
) => {
  const gate = await aServedGate(overrides, { inFront: [from(address)], settings });
  const answer = await gate.post(PASSWORD_FORM, { headers: [FORM_TYPE, APPLICATION_HEADER, ...headers] });
  return { answer, lines: gate.lines };
};

const refused = { status: 400, error: 'invalid_request' } as const;

describe('a plain http request', () => {
  it.each([ELSEWHERE, '10.0.0.1', '192.168.1.1', '::ffff:10.0.0.1', '2001:db8::1', 'fe80::1', '128.0.0.1', '0.0.0.0'])(
    'S-032 from %s is refused if the issuer is https, and the remedy is logged',
    async (address) => {
      const { answer, lines } = await answerTo(address);
      const { error_description: described } = expectCleanAnswer(answer, { ...refused, without: [address] });
      expect(described).toContain('https');
      expect(lines.filter(({ level }) => level === 'error')).toEqual([
        { level: 'error', fields: { address }, message: expect.stringContaining('trust proxy') },
      ]);
    },
  );

  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])(
    'S-032 from %s has crossed no network, and is served',
    async (address) => {
      expectCleanAnswer((await answerTo(address)).answer, { status: 200 });
    },
  );

  it.each([
    'X-Forwarded-For: 203.0.113.9',
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Proto: http',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: api.example.com',
    'X-Real-IP: 203.0.113.9',
    'Forwarded: for=203.0.113.9;proto=http',
  ])('S-032 from a proxy on this machine has crossed a network, and is refused: %s', async (line) => {
    for (const address of ['127.0.0.1', '::1']) {
      expectCleanAnswer((await answerTo(address, https, {}, [line])).answer, refused);
      // Trusting another proxy than this one is no better.
      expectCleanAnswer((await answerTo(address, https, { 'trust proxy': '10.0.0.1' }, [line])).answer, refused);
    }
  });

  it('S-032 from a trusted proxy on this machine is served if the client is on this machine, too', async () => {
    const trusted = { 'trust proxy': 'loopback' };
    const lines = ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Proto: http'];
    expectCleanAnswer((await answerTo('127.0.0.1', https, trusted, lines)).answer, { status: 200 });
    // Without the client's address the request may be from anywhere.
    expectCleanAnswer((await answerTo('127.0.0.1', https, trusted, ['X-Forwarded-Proto: http'])).answer, refused);
  });

  it('is warned of once if a proxy forwards it and none is trusted, whether https is required or not', async () => {
    const warned = async (settings: Host['settings'], overrides: Parameters<typeof aServedGate>[0] = {}) => {
      const gate = await aServedGate(overrides, settings === undefined ? {} : { settings });
      for (let count = 0; count < 3; count += 1) {
        const headers = [FORM_TYPE, APPLICATION_HEADER, 'X-Forwarded-For: 203.0.113.9'];
        await gate.post(PASSWORD_FORM, { headers });
      }
      return gate.lines.filter(({ level, message }) => level === 'warn' && message.includes('trust proxy'));
    };
    expect(await warned({})).toEqual([
      {
        level: 'warn',
        fields: { ignored: 'forwarded' },
        message: expect.stringContaining('set Express\'s "trust proxy"'),
      },
    ]);
    expect(await warned({}, https)).toHaveLength(1);
    expect(await warned({ 'trust proxy': 1 })).toEqual([]);
    expect(await warned({ 'trust proxy': '10.0.0.1' })).toEqual([]);
  });

  it('S-032 is refused before its password is checked and before its body is read', async () => {
    const source = aSource();
    const gate = await aServedGate({ ...https, users: source.users }, { inFront: [from(ELSEWHERE)] });
    const request = tokenRequest(PASSWORD_FORM);
    const headOnly = request.subarray(0, request.indexOf('\r\n\r\n') + 4);
    expectCleanAnswer(await sendRaw(gate.port, headOnly, { deadlineMs: 2_000 }), refused);
    expect(source.asked).toEqual([]);
  });

  it('S-032 is refused or served according to requireTls, whatever the issuer is', async () => {
    const plainIssuer = { issuer: 'http://api.example.com' };
    expectCleanAnswer((await answerTo(ELSEWHERE, plainIssuer)).answer, { status: 200 });
    expectCleanAnswer((await answerTo(ELSEWHERE, { ...plainIssuer, requireTls: true })).answer, refused);
    expectCleanAnswer((await answerTo(ELSEWHERE, { ...https, requireTls: false })).answer, { status: 200 });
  });

  it('S-032 is only refused by endpoints, while guards serve it behind any proxy', async () => {
    const { app, token, get } = aGate(https);
    app.set('trust proxy', true);
    const { access_token: accessToken } = (await token(PASSWORD_FORM).expect(200)).body as { access_token: string };
    await get('/me', accessToken).set('X-Forwarded-For', ELSEWHERE).expect(200);
  });
});

describe('a header that claims https', () => {
  const claims = ['X-Forwarded-Proto: https', 'Forwarded: proto=https', 'X-Forwarded-Ssl: on', 'Front-End-Https: on'];

  it.each(claims)('S-033 is not trusted from any client: %s', async (claim) => {
    expectCleanAnswer((await answerTo(ELSEWHERE, https, {}, [claim])).answer, refused);
    const others = { 'trust proxy': '198.51.100.1' };
    expectCleanAnswer((await answerTo(ELSEWHERE, https, others, [claim])).answer, refused);
  });

  it('S-033 is trusted from a proxy that the host trusts', async () => {
    const trusted = { 'trust proxy': ELSEWHERE };
    const proto = (value: string): readonly string[] => [`X-Forwarded-Proto: ${value}`, 'X-Forwarded-For: 192.0.2.1'];
    expectCleanAnswer((await answerTo(ELSEWHERE, https, trusted, proto('https'))).answer, { status: 200 });
    expectCleanAnswer((await answerTo(ELSEWHERE, https, trusted, proto('http'))).answer, refused);
    expectCleanAnswer((await answerTo(ELSEWHERE, https, trusted, proto('http, https'))).answer, refused);
  });

  it.each(['127.0.0.1', '::1', 'localhost', 'unix:'])(
    'S-033 cannot be replaced by a claim that the request is from this machine: X-Forwarded-For: %s',
    async (address) => {
      const local = [`X-Forwarded-For: ${address}`, `Forwarded: for="${address}"`, `X-Real-IP: ${address}`];
      expectCleanAnswer((await answerTo(ELSEWHERE, https, {}, local)).answer, refused);
      // A proxy on this machine puts the real peer behind what the client wrote.
      const appended = [`X-Forwarded-For: ${address}, ${ELSEWHERE}`];
      const { answer } = await answerTo('127.0.0.1', https, { 'trust proxy': 'loopback' }, appended);
      expectCleanAnswer(answer, refused);
    },
  );
});
