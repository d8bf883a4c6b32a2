import express from 'express';
import { JOHN } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { valuesOf } from '../support/http/raw-http';
import {
  APPLICATION_HEADER,
  aServedGate,
  aSource,
  FORM_TYPE,
  PASSWORD_FORM,
  type ServedGate,
  countPasswordChecks,
} from '../support/tokens/token-requests';
import { encodeForm } from '../support/tokens/forms';

const RIGHT_FORM = encodeForm(PASSWORD_FORM);

/** `application/x-www-form-urlencoded` and the text after it. */
const formType = (behind: string): readonly string[] => [`${FORM_TYPE}${behind}`, APPLICATION_HEADER];

const invalid = { status: 400, error: 'invalid_request' } as const;
const unsupportedType = { status: 415, error: 'invalid_request' } as const;

const source = aSource();
let gate: ServedGate;
beforeAll(async () => {
  gate = await aServedGate({ users: source.users });
});

const passwordsChecked = countPasswordChecks(source);

describe('the method of a token request', () => {
  const credentials = [FORM_TYPE, APPLICATION_HEADER];

  it.each(['GET', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE', 'OPTIONS'])(
    'S-001 is refused with 405 if it is %s, whatever the URL and the body contain',
    async (method) => {
      for (const target of ['/token', `/token?${RIGHT_FORM}`]) {
        const answer = await gate.post(PASSWORD_FORM, { method, target, headers: credentials });
        expectCleanAnswer(answer, { status: 405, error: 'invalid_request', without: ['access_token'] });
        expect(valuesOf(answer, 'allow')).toEqual(['POST']);
      }
      expect([passwordsChecked(), gate.passed()]).toEqual([0, 0]);
    },
  );

  it('S-002 is refused with 405 and no body if it is HEAD', async () => {
    const answer = await gate.post('', { method: 'HEAD', target: `/token?${RIGHT_FORM}`, headers: credentials });
    expect(answer).toMatchObject({ status: 405, body: '', leftover: '' });
    expect(valuesOf(answer, 'allow')).toEqual(['POST']);
    expect([passwordsChecked(), gate.passed()]).toEqual([0, 0]);
  });

  it.each(['GET', 'PUT', 'DELETE'])(
    'S-034 cannot be changed from POST to %s by a header, nor the reverse',
    async (method) => {
      const override = `X-HTTP-Method-Override: ${method}`;
      const posted = await gate.post(`${RIGHT_FORM}&_method=${method}`, { headers: [...credentials, override] });
      expectCleanAnswer(posted, { status: 200 });
      const headers = [
        ...credentials,
        'X-HTTP-Method-Override: POST',
        'X-HTTP-Method: POST',
        'X-Method-Override: POST',
      ];
      const sent = await gate.post(`${RIGHT_FORM}&_method=POST`, { method, headers });
      expectCleanAnswer(sent, { status: 405, error: 'invalid_request' });
    },
  );
});

describe('the URL of a token request', () => {
  it('S-003 is never read for parameters: with all of them there and an empty body, all are missing', async () => {
    for (const form of ['', 'x=1', 'grant_type=password']) {
      expectCleanAnswer(await gate.post(form, { target: `/token?${RIGHT_FORM}` }), { ...invalid, without: [JOHN[1]] });
    }
    expect(passwordsChecked()).toBe(0);
  });

  it.each([
    ...['grant_type=password', 'username=x', 'password=x', 'scope=read', 'refresh_token=x', 'access_token=x'],
    ...['client_id=key', 'client_secret=secret', 'code=x', 'redirect_uri=x', 'code_verifier=x'],
    ...['scope=', 'scope', 'x=1&scope=read', 'sc%6Fpe=read', '&&client_secret=secret'],
  ])('S-004 must not contain %s beside a right body', async (query) => {
    expectCleanAnswer(await gate.post(PASSWORD_FORM, { target: `/token?${query}` }), invalid);
    expect(passwordsChecked()).toBe(0);
  });

  it.each(['', 'x=1', 'lang=en&v=2', 'scopes=read', '%ZZ=1'])(
    'S-028 may contain unknown parameters: ?%s',
    async (query) => {
      expectCleanAnswer(await gate.post(PASSWORD_FORM, { target: `/token?${query}` }), { status: 200 });
    },
  );
});

describe('the content type of a token request', () => {
  it('S-005 must not be missing', async () => {
    for (const headers of [
      [APPLICATION_HEADER],
      [APPLICATION_HEADER, 'Content-Length: 0'],
      [APPLICATION_HEADER, FORM_TYPE],
      [APPLICATION_HEADER, FORM_TYPE, 'Content-Length: 0'],
    ]) {
      const { error_description: described } = expectCleanAnswer(await gate.post('', { headers }), invalid);
      expect(described).toContain('grant_type');
    }
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'application/vnd.api+json'])(
    'S-006 must not be %s, even with the right content',
    async (type) => {
      const headers = [`Content-Type: ${type}`, APPLICATION_HEADER];
      for (const body of [JSON.stringify(PASSWORD_FORM), RIGHT_FORM, '{"__proto__":{"admin":1}}', '{', '']) {
        expectCleanAnswer(await gate.post(body, { headers }), unsupportedType);
      }
      expect(passwordsChecked()).toBe(0);
    },
  );

  it('S-006 must not be JSON that a parser of the host has read', async () => {
    const parsing = await aServedGate({ users: source.users }, { inFront: [express.json()] });
    const headers = ['Content-Type: application/json', APPLICATION_HEADER];
    expectCleanAnswer(await parsing.post(JSON.stringify(PASSWORD_FORM), { headers }), unsupportedType);
    expect(passwordsChecked()).toBe(0);
  });

  it.each([
    ['text/plain', ['Content-Type: text/plain']],
    ['multipart', ['Content-Type: multipart/form-data; boundary=x']],
    ['XML', ['Content-Type: application/xml']],
    ['bytes', ['Content-Type: application/octet-stream']],
    ['an empty type', ['Content-Type:']],
    ['no type', []],
    ['half a type', ['Content-Type: application/x-www-form']],
  ])('S-007 must not be %s', async (_name, type) => {
    const answer = await gate.post(PASSWORD_FORM, { headers: [...type, APPLICATION_HEADER] });
    expectCleanAnswer(answer, unsupportedType);
    expect(passwordsChecked()).toBe(0);
  });

  it('S-008 must be given once and unambiguously', async () => {
    for (const headers of [
      [FORM_TYPE, FORM_TYPE, APPLICATION_HEADER],
      [FORM_TYPE, 'content-type: application/json', APPLICATION_HEADER],
      formType(', application/json'),
      formType(' junk'),
      formType('x'),
      formType('; boundary=x'),
      formType(`; a=${'b'.repeat(8_192)}`),
    ]) {
      const answer = await gate.post(PASSWORD_FORM, { headers });
      expectCleanAnswer(answer, { status: [400, 415], error: 'invalid_request' });
    }
    expect(passwordsChecked()).toBe(0);
  });

  it.each([
    ';charset=UTF-8',
    '; charset=utf-8',
    '; charset="utf-8"',
    ';charset=Utf-8 ',
    '; charset=utf8',
    ';charset="UTF8"',
    ';',
  ])('S-009 may have "%s" after the type, in any case', async (behind) => {
    const headers = [`content-type: Application/X-WWW-Form-URLencoded${behind}`, APPLICATION_HEADER];
    expectCleanAnswer(await gate.post(PASSWORD_FORM, { headers }), { status: 200 });
  });

  it.each(['iso-8859-1', 'latin1', 'us-ascii', 'utf-7', 'utf-16', 'utf-16le', 'ibm500', '""', 'utf-8; charset=latin1'])(
    'S-010 must not have the charset %s',
    async (charset) => {
      const form = `${encodeForm({ ...PASSWORD_FORM, username: 'x@johnsorg' })}&x=%E4`;
      expectCleanAnswer(await gate.post(form, { headers: formType(`; charset=${charset}`) }), unsupportedType);
      expect(passwordsChecked()).toBe(0);
    },
  );

  it.each(['utf8=%E2%9C%93', '_charset_=iso-8859-1', 'utf8=&_charset_=utf-16'])(
    'S-011 is not affected by the unknown parameter %s',
    async (sentinel) => {
      expectCleanAnswer(await gate.post(`${sentinel}&${RIGHT_FORM}`), { status: 200 });
      const latin = RIGHT_FORM.replace('username=', 'username=%E4');
      expectCleanAnswer(await gate.post(`${sentinel}&${latin}`), invalid);
      expect(passwordsChecked()).toBe(1);
    },
  );
});

describe('a value that is not UTF-8', () => {
  const bad = [
    ...['%FF%FE', '%C0%AF', '%ED%A0%80', '%F4%90%80%80', '%E4%ZZ', '%E4', '%', '%4', '%u0041', 'a%'],
    ...['\xff\xfe', '\xc0\xaf', '\xed\xa0\x80', 'j\xf6hn'],
  ];

  it.each(bad)('S-012 is refused and neither repaired nor passed on: %j', async (value) => {
    for (const name of ['username', 'password', 'scope', 'x']) {
      const form = new URLSearchParams(PASSWORD_FORM);
      form.delete(name);
      const answer = await gate.post(`${form.toString()}&${name}=${value}`);
      expectCleanAnswer(answer, { ...invalid, without: ['\uFFFD'] });
    }
    expectCleanAnswer(await gate.post(`${RIGHT_FORM}&${value}=x`), invalid);
    expect(passwordsChecked()).toBe(0);
  });

  it('S-012 is distinguished from valid UTF-8, which is passed on exactly', async () => {
    const username = 'J\u00f6hn+D\u00f6e %@johnsorg';
    const password = 'a+b=c&d%e \u{1F511}';
    expectCleanAnswer(await gate.post({ ...PASSWORD_FORM, username, password }), { status: 200 });
    expect(source.asked.at(-1)?.slice(0, 2)).toEqual(['J\u00f6hn+D\u00f6e %', password]);
  });
});
