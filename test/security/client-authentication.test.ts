import {
  clientRequests,
  expectMalformed,
  expectToken,
  expectUnauthenticated,
  visibleParts,
  type ClientRequests,
} from '../support/tokens/client-requests';
import { APPLICATION, type Pair } from '../support/gate/gate';
import { aServedGate, basicHeader, FORM_TYPE, PASSWORD_FORM, type ServedGate } from '../support/tokens/token-requests';
import { encodeForm } from '../support/tokens/forms';
import { withApplications } from '../support/gate/applications';

const [KEY, SECRET] = APPLICATION;

let gate: ServedGate;
let ask: ClientRequests['ask'];
let askWith: ClientRequests['askWith'];
let askByBody: ClientRequests['askByBody'];
beforeAll(async () => {
  gate = await aServedGate({ ...withApplications(['my-id', 's%e+c'], ['short', 'a']), throttle: false });
  ({ ask, askWith, askByBody } = clientRequests(gate));
});

describe('the authentication of a client', () => {
  it('S-043 is requested with a Basic challenge if there are no credentials', async () => {
    expectUnauthenticated(await ask([]));
    expectUnauthenticated(await ask([], { ...PASSWORD_FORM, client_secret: SECRET }));
  });

  it('S-044 uses the header, or the body if there is no header', async () => {
    expectToken(await askWith(`${KEY}:${SECRET}`));
    expectToken(await askByBody(KEY, SECRET));
  });

  it.each([
    ['another secret', 'wrong'],
    ['another case', SECRET.toUpperCase()],
    ['the beginning', SECRET.slice(0, -1)],
    ['more behind it', `${SECRET}x`],
    ['a space behind it', `${SECRET} `],
    ['the secret of another', 'a'],
    ['its own key', KEY],
  ])('S-045 S-046 fails alike with %s, in the header or in the body', async (_name, secret) => {
    const [byHeader, byBody] = [await askWith(`${KEY}:${secret}`), await askByBody(KEY, secret)];
    expectUnauthenticated(byHeader);
    expectUnauthenticated(byBody);
    expect(visibleParts(byBody)).toEqual(visibleParts(byHeader));
  });

  it('S-046 S-047 fails alike for an unknown client and a wrong secret', async () => {
    const wrong = visibleParts(await askWith(`${KEY}:wrong`));
    for (const unknown of ['nobody:wrong', `nobody:${SECRET}`, `${KEY}x:${SECRET}`, `${KEY.toUpperCase()}:${SECRET}`]) {
      expect(visibleParts(await askWith(unknown))).toEqual(wrong);
      const [id = '', secret = ''] = unknown.split(':');
      expect(visibleParts(await askByBody(id, secret))).toEqual(wrong);
    }
  });

  it('S-047 fails alike for both after too many failures', async () => {
    const limited = await aServedGate({ throttle: { clientAndAddress: { failures: 2 } } });
    const answers = async (id: string) => {
      const said: unknown[] = [];
      for (let count = 0; count < 4; count += 1) {
        const answer = await limited.post(PASSWORD_FORM, { headers: [FORM_TYPE, basicHeader(`${id}:wrong`)] });
        said.push([answer.status, answer.body]);
      }
      return said;
    };
    const known = await answers(KEY);
    expect(known.at(-1)).toEqual([429, expect.any(String)]);
    expect(await answers('nobody')).toEqual(known);
  });

  it.each(['', '1', 's', 'secre', 'secretsecret', 's'.repeat(255), 's'.repeat(256), 's'.repeat(257)])(
    'S-076 compares secrets of any length without an exception: "%s"',
    async (secret) => {
      expectUnauthenticated(await askWith(`${KEY}:${secret}`));
      expectUnauthenticated(await askByBody(KEY, secret));
    },
  );
});

describe('one way to authenticate', () => {
  it.each<[string, Pair, string]>([
    ['both right', APPLICATION, SECRET],
    ['the header right', APPLICATION, 'wrong'],
    ['the body right', [KEY, 'wrong'], SECRET],
    ['both wrong', [KEY, 'wrong'], 'wrong'],
  ])('S-064 must be used alone: with %s, the client is not authenticated', async (_name, pair, secret) => {
    for (const form of [
      { client_secret: secret },
      { client_id: KEY, client_secret: secret },
      { client_id: 'short', client_secret: 'a' },
    ]) {
      expectMalformed(await askWith(pair.join(':'), { ...PASSWORD_FORM, ...form }));
    }
    const bearer = ['Authorization: Bearer abc'];
    expectMalformed(await ask(bearer, { ...PASSWORD_FORM, client_id: KEY, client_secret: secret }));
  });

  it('S-065 must not name another client in the body', async () => {
    for (const clientId of ['short', 'nobody', KEY.toUpperCase(), `${KEY} `]) {
      expectMalformed(await askWith(APPLICATION.join(':'), { ...PASSWORD_FORM, client_id: clientId }));
    }
  });

  it('S-066 may name the same client in the body', async () => {
    expectToken(await askWith(APPLICATION.join(':'), { ...PASSWORD_FORM, client_id: KEY }));
    expectToken(await askWith('my%2Did:s%25e%2Bc', { ...PASSWORD_FORM, client_id: 'my-id' }));
  });

  it('S-068 cannot be a Bearer token, even a live one', async () => {
    const { access_token: token, refresh_token: refresh } = await gate.signIn();
    for (const text of [token, refresh]) {
      expectUnauthenticated(await ask([`Authorization: Bearer ${text}`]));
      expectUnauthenticated(await ask([`Authorization: Bearer ${text}`], { ...PASSWORD_FORM, client_id: KEY }));
      expectUnauthenticated(await askWith(`${KEY}:${text}`));
      expectUnauthenticated(await ask([], `${encodeForm(PASSWORD_FORM)}&client_assertion=${text}`));
    }
  });
});
