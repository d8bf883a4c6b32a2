import { withApplications } from '../support/gate/applications';
import {
  clientRequests,
  expectMalformed,
  expectToken,
  expectUnauthenticated,
  type ClientRequests,
} from '../support/tokens/client-requests';
import { aGate, APPLICATION } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import { rejectionOf, thrownBy } from '../support/expect/thrown';
import { aServedGate, basicHeader, FORM_TYPE, PASSWORD_FORM, type ServedGate } from '../support/tokens/token-requests';

const [KEY, SECRET] = APPLICATION;

const others = withApplications(
  ['colons', 'a:b:c'],
  ['short', 'a'],
  ['my-id', 's%e+c'],
  ['latin', 'x'],
  ['sharp', '#?/*~'],
);

let gate: ServedGate;
let ask: ClientRequests['ask'];
let askWith: ClientRequests['askWith'];
let askByBody: ClientRequests['askByBody'];
beforeAll(async () => {
  gate = await aServedGate({ ...others, throttle: false });
  ({ ask, askWith, askByBody } = clientRequests(gate));
});

describe('Basic credentials', () => {
  it('S-049 are split at the first colon, so a secret may contain others', async () => {
    expectToken(await askWith('colons:a:b:c'));
    for (const wrong of [
      'colons:a',
      'colons:a:b',
      'colons:c',
      'colons:b:c',
      'short:a:junk',
      'short:a:',
      'colons:a:b:',
    ]) {
      expectUnauthenticated(await askWith(wrong));
    }
    expectToken(await askWith('short:a'));
  });

  it.each(['a:b', ':', 'a:', ':b'])('S-050 cannot have a colon in the id: "%s"', async (id) => {
    const declared = thrownBy(() => aGate(withApplications([id, 'secret'])));
    expect(declared).toMatchObject({ code: 'ERR_SCOPEGATE_OPTION', message: expect.stringContaining('consumerKey') });
    const { applications } = gate.gate.directory;
    const { id: applicationId } = await applications.create({ name: 'Imported' });
    const imported = applications.generateKeys(applicationId, { environment: 'production', clientId: id });
    expect(await rejectionOf(imported)).toMatchObject({ code: 'ERR_SCOPEGATE_VALUE' });
    const { clientId } = await applications.generateKeys(applicationId, { environment: 'production' });
    expect(clientId).toMatch(/^[A-Za-z0-9]+$/);
  });

  const encoded = Buffer.from(`${KEY}:${SECRET}`).toString('base64');

  it.each(['xBasicy', 'Basicx', 'NotBasic', 'Basic,', 'Basic:', 'Basic-x', 'Digest', 'Ba\u017fic', 'B', '"Basic"', ''])(
    'S-051 require the scheme Basic, not "%s"',
    async (scheme) => {
      const answer = await ask([`Authorization: ${Buffer.from(scheme).toString('latin1')} ${encoded}`]);
      expectCleanAnswer(answer, { status: [400, 401], without: ['access_token'] });
    },
  );

  it.each(['basic', 'BASIC', 'bAsIc'])('S-052 may write the scheme as %s', async (scheme) => {
    expectToken(await ask([`Authorization: ${scheme} ${encoded}`]));
  });

  it('S-053 may have several spaces after the scheme, and nothing else', async () => {
    for (const spaces of [' ', '  ', '     ']) expectToken(await ask([`Authorization: Basic${spaces}${encoded}`]));
    for (const between of ['\t', ' \t', '\t ', '', '\xa0']) {
      const answer = await ask([`Authorization: Basic${between}${encoded}`]);
      expectCleanAnswer(answer, { status: [400, 401], without: ['access_token'] });
    }
    // White space around a field's value is no part of it (RFC 9110 §5.5).
    expectToken(await ask([`Authorization: \t Basic ${encoded} \t`]));
  });

  it.each([' junk', `, Basic ${encoded}`, ` ${encoded}`, ',', ';a=b', ', Bearer x', '\tx'])(
    'S-054 must be followed by nothing: "%s"',
    async (behind) => {
      expectMalformed(await ask([`Authorization: Basic ${encoded}${behind}`]));
    },
  );

  it.each([
    ['the same', `Basic ${encoded}`],
    ['wrong ones', 'Basic bm9ib2R5Ondyb25n'],
    ['a Bearer token', 'Bearer abc'],
    ['nothing', ''],
  ])('S-055 must be in one header only: not with %s, before or after', async (_name, other) => {
    const [right, second] = [`Authorization: Basic ${encoded}`, `authorization: ${other}`];
    expectMalformed(await ask([right, second]));
    expectMalformed(await ask([second, right]));
  });

  it.each([
    ['nothing', ''],
    ['no base64 at all', '!!!!'],
    ['the alphabet for URLs', Buffer.from('colons:\u00ff\u00fe?>').toString('base64url')],
    ['padding left out', Buffer.from('short:a1').toString('base64').replace(/=+$/, '')],
    ['padding too many', `${encoded}=`],
    ['padding in the middle', `a2V5=${encoded.slice(4)}`],
    ['stray characters', [...encoded].join('!')],
    ['a space inside', `${encoded.slice(0, 4)} ${encoded.slice(4)}`],
    ['a line of its own', `${encoded.slice(0, 4)}\t${encoded.slice(4)}`],
    ['bits behind the end', `${Buffer.from('short:a').toString('base64').slice(0, -3)}R==`],
    ['one character too few', encoded.slice(0, -1)],
  ])('S-056 must be canonical base64: not with %s', async (_name, credentials) => {
    expectMalformed(await ask([`Authorization: Basic ${credentials}`]));
  });

  it('S-056 are refused with non-zero padding bits, although they would be right without them', async () => {
    const canonical = Buffer.from('short:a').toString('base64');
    expectToken(await ask([`Authorization: Basic ${canonical}`]));
    const stray = canonical.replace(/.==$/, (end) => `${String.fromCharCode(end.charCodeAt(0) + 1)}==`);
    expect(Buffer.from(stray, 'base64').toString()).toBe('short:a');
    expectMalformed(await ask([`Authorization: Basic ${stray}`]));
  });

  it.each(['abc', KEY, `${KEY}${SECRET}`, '='])('S-057 must contain a colon, unlike "%s"', async (text) => {
    expectMalformed(await askWith(text));
  });

  it('S-058 S-059 must have an id and a secret', async () => {
    for (const text of [`:${SECRET}`, ':', `${KEY}:`, 'short:', 'nobody:']) expectUnauthenticated(await askWith(text));
    for (const id of [KEY, 'short', 'nobody']) {
      expectUnauthenticated(await askByBody(id));
      expectUnauthenticated(await askByBody(id, ''));
    }
    expectUnauthenticated(await askByBody('', SECRET));
  });

  it('S-059 cannot have an empty secret', () => {
    expect(thrownBy(() => aGate(withApplications(['public', ''])))).toMatchObject({ code: 'ERR_SCOPEGATE_OPTION' });
  });

  it('S-060 are form-decoded before they are compared', async () => {
    for (const text of [
      'my%2Did:s%25e%2Bc',
      'my-id:s%25e%2bc',
      '%6Dy-id:%73%25%65%2Bc',
      'sharp:%23%3F%2F*~',
      'sharp:#?/*~',
    ]) {
      expectToken(await askWith(text));
    }
    expectUnauthenticated(await askWith('my-id:s%25e%2Bc%20'));
    expectUnauthenticated(await askWith('my-id:s%25e+c')); // a plus is a space
    for (const text of ['my-id:%', 'my-id:%2', 'my-id:%GG', '%:x', 'my-id:%C3', 'my-id:%FF', '%C0%AF:x']) {
      expectMalformed(await askWith(text));
    }
  });

  it('S-061 are not also compared undecoded', async () => {
    expectMalformed(await askWith('my-id:s%e+c'));
    const raw = await aServedGate({ ...withApplications(['raw', 'a%41+b']), throttle: false });
    const asRaw = (text: string) => raw.post(PASSWORD_FORM, { headers: [FORM_TYPE, basicHeader(text)] });
    expectUnauthenticated(await asRaw('raw:a%41+b'));
    expectToken(await asRaw('raw:a%2541%2Bb'));
  });

  const withBytes = (...bytes: readonly number[]): Buffer => Buffer.concat([Buffer.from('latin:'), Buffer.from(bytes)]);

  it('S-062 must be UTF-8, and two invalid secrets are not the same secret', async () => {
    for (const bytes of [[0xff, 0xfe], [0xfe, 0xff], [0xe4], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0x78, 0x80]]) {
      expectMalformed(await askWith(withBytes(...bytes)));
    }
    expectMalformed(await askWith(Buffer.from([0xe4, 0x3a, 0x78])));
    expectMalformed(await askWith('latin:\u00e4'));
    expectMalformed(await askWith('latin:\uFFFD'));
  });

  it.each(['\0', '\r', '\n', '\r\nX: y', '\x7f', '\x1b[31m', '%00', '%0D%0A', '%7F', '\u00e9'])(
    'S-063 must be visible ASCII: not with %j in either half',
    async (bad) => {
      for (const text of [`${KEY}${bad}:${SECRET}`, `${KEY}:${SECRET}${bad}`, `${bad}${KEY}:${SECRET}`]) {
        expectMalformed(await askWith(text));
      }
      const decoded = decodeURIComponent(bad);
      expectMalformed(await askByBody(`${KEY}${decoded}`, SECRET));
      expectMalformed(await askByBody(KEY, `${SECRET}${decoded}`));
    },
  );
});
