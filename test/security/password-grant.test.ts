import { anApplication } from '../support/gate/applications';
import { visibleParts } from '../support/tokens/client-requests';
import { everyStore } from '../support/stores/every-store';
import { APPLICATION, JANE, JOHN, type Pair, type TestGate } from '../support/gate/gate';
import { expectCleanAnswer } from '../support/expect/clean-answer';
import {
  aServedGate,
  aSource,
  basicHeader,
  FORM_TYPE,
  PASSWORD_FORM,
  type ServedGate,
} from '../support/tokens/token-requests';
import { passwordForm, type TokenForm } from '../support/tokens/forms';

const wrong = { status: 400, error: 'invalid_grant' } as const;

/** A second organization with a user of its own, made at run time. */
const withAnotherOrganization = async ({ gate }: Pick<TestGate, 'gate'>): Promise<Pair> => {
  await gate.directory.organizations.create({ key: 'other' });
  await gate.directory.users.create({ username: 'eve', organization: 'other', password: 'eve-password' });
  return ['eve@other', 'eve-password'];
};

describe.each(everyStore)('a sign-in over %s', (_name, freshStore) => {
  let gate: ServedGate;
  beforeAll(async () => {
    gate = await aServedGate({ ...(await freshStore()), throttle: false });
  });

  it('S-080 with the right password issues tokens', async () => {
    const answer = await gate.post({ ...PASSWORD_FORM, scope: 'read update' });
    expect(expectCleanAnswer(answer, { status: 200 })).toEqual({
      access_token: expect.stringMatching(/^sga_[A-Za-z0-9_-]+$/),
      token_type: 'Bearer',
      expires_in: 3_600,
      refresh_token: expect.stringMatching(/^sgr_[A-Za-z0-9_-]+$/),
      scope: 'read update',
    });
  });

  it.each([
    ['another password', 'wrong'],
    ['another case', JOHN[1].toUpperCase()],
    ['the beginning', JOHN[1].slice(0, -1)],
    ['more behind it', `${JOHN[1]}x`],
    ['a space behind it', `${JOHN[1]} `],
    ["another user's password", JANE[1]],
    ['the user name', JOHN[0]],
  ])('S-081 with %s is refused as invalid_grant', async (_kind, password) => {
    const answer = await gate.post(passwordForm([JOHN[0], password]));
    expectCleanAnswer(answer, { ...wrong, without: ['access_token'] });
  });

  it('S-082 is refused with the same bytes whether the user is unknown, elsewhere, disabled or the password wrong', async () => {
    const eve = await withAnotherOrganization(gate);
    const { users } = gate.gate.directory;
    await users.create({ username: 'kim', organization: 'johnsorg', password: 'kim-password' });
    await users.disable('kim@johnsorg');
    const expected = visibleParts(await gate.post(passwordForm([JOHN[0], 'wrong'])));
    const refused: readonly Pair[] = [
      ['nobody@johnsorg', 'wrong'],
      ['nobody@johnsorg', JOHN[1]],
      ['john@gmail.com', JOHN[1]],
      ['john', JOHN[1]],
      ['john@johnsorg', JOHN[1]],
      [`${JOHN[0]}@johnsorg`, JOHN[1]],
      [`john@gmail.com@nowhere`, JOHN[1]],
      [`john@gmail.com@`, JOHN[1]],
      [`john@gmail.com@other`, JOHN[1]],
      ['@johnsorg', JOHN[1]],
      ['@', JOHN[1]],
      [' ', JOHN[1]],
      ['__proto__@johnsorg', 'x'],
      ['constructor', 'x'],
      ['\ufb01@johnsorg', 'x'],
      ['x'.repeat(500), 'x'],
      ['kim@johnsorg', 'wrong'],
      ['kim@johnsorg', 'kim-password'],
      eve,
    ];
    for (const pair of refused) {
      expect([pair[0], visibleParts(await gate.post(passwordForm(pair)))]).toEqual([pair[0], expected]);
    }
  });

  it('S-087 by a client without the password grant is refused before the password is checked', async () => {
    const source = aSource();
    const guarded = await aServedGate({ ...(await freshStore()), users: source.users });
    const { applications } = guarded.gate.directory;
    const { id } = await applications.create({ name: 'Jobs', owner: JOHN[0], grantTypes: ['refresh_token'] });
    const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
    const headers = [FORM_TYPE, basicHeader(`${clientId}:${clientSecret}`)];
    const answers = await Promise.all(
      [PASSWORD_FORM, passwordForm(['nobody@johnsorg', 'x']), { grant_type: 'password' }].map((form) =>
        guarded.post(form, { headers }),
      ),
    );
    for (const answer of answers) {
      expectCleanAnswer(answer, { status: 400, error: 'unauthorized_client' });
      expect(visibleParts(answer)).toEqual(visibleParts(answers[0] ?? answer));
    }
    expect(source.asked).toEqual([]);
    expectCleanAnswer(await guarded.post(PASSWORD_FORM), { status: 200 });
  });

  it('S-102 distinguishes a user and a client of the same name', async () => {
    const name = 'kim@johnsorg'; // fits for both
    const { users, applications } = gate.gate.directory;
    const twin = await anApplication(gate, { clientId: name, clientSecret: 'app-secret' });
    await users.remove(name).catch(() => undefined);
    await users.create({ username: 'kim', organization: 'johnsorg', password: 'kim-password' });

    expectCleanAnswer(await gate.post(passwordForm([name, 'app-secret'])), wrong);
    const asClient = { headers: [FORM_TYPE, basicHeader(`${name}:kim-password`)] };
    expectCleanAnswer(await gate.post(PASSWORD_FORM, asClient), { status: 401, error: 'invalid_client' });

    const byTwin = await gate.signIn(JOHN, 'read', twin.keys);
    const ofKim = await gate.signIn([name, 'kim-password'], 'read', APPLICATION);
    await users.setPassword(name, 'new-password');
    await gate.get('/orders', ofKim.access_token).expect(401);
    await gate.get('/orders', byTwin.access_token).expect(200);

    const again = await gate.signIn([name, 'new-password'], 'read', APPLICATION);
    await applications.disable(twin.id);
    await gate.get('/orders', byTwin.access_token).expect(401);
    await gate.get('/orders', again.access_token).expect(200);
  });
});

describe('a request with several faults', () => {
  const source = aSource(() => null);
  let gate: ServedGate;
  beforeAll(async () => {
    gate = await aServedGate({
      users: source.users,
      throttle: { address: { failures: 1 } },
      ungrantedScopes: 'reject',
    });
  });

  const by = (credentials: string, form: TokenForm) =>
    gate.post(form, { headers: [FORM_TYPE, basicHeader(credentials)] });
  const badScope = { ...PASSWORD_FORM, scope: 'nobody' };

  it('S-088 is checked for framing, client, grant type, throttle and password, in this order', async () => {
    const framing = { status: 400, error: 'invalid_request' } as const;
    expectCleanAnswer(await by('nobody:x', 'grant_type=foo&grant_type=foo&scope=%22'), framing);
    expectCleanAnswer(await by('nobody:x', { ...badScope, grant_type: 'foo' }), { status: 401 });
    expectCleanAnswer(await by(APPLICATION.join(':'), { ...badScope, grant_type: 'foo' }), {
      status: 400,
      error: 'unsupported_grant_type',
    });
    expect(source.asked).toEqual([]);

    const declined = { status: 400, error: 'invalid_grant' } as const;
    expectCleanAnswer(await by(APPLICATION.join(':'), PASSWORD_FORM), declined);
    expectCleanAnswer(await by(APPLICATION.join(':'), PASSWORD_FORM), { status: 429, error: 'invalid_request' });
    expect(source.asked).toHaveLength(1);
  });
});

describe('a scope that cannot be granted', () => {
  it.each(['drop', 'reject'] as const)(
    'S-088 does not reveal whether the password was right (%s)',
    async (ungrantedScopes) => {
      const gate = await aServedGate({ ungrantedScopes, throttle: false });
      const grammar = ['a"b', 'read\tupdate', 'x'.repeat(200)];
      for (const scope of ungrantedScopes === 'reject' ? [...grammar, 'nobody'] : grammar) {
        const right = await gate.post(passwordForm(JOHN, scope));
        expectCleanAnswer(right, { status: 400, error: 'invalid_scope' });
        expect(visibleParts(await gate.post(passwordForm([JOHN[0], 'wrong'], scope)))).toEqual(visibleParts(right));
      }
    },
  );

  it('S-088 does not allow guesses that are not counted', async () => {
    const limits = { accountAndAddress: { failures: 2 } };
    const gate = await aServedGate({ ungrantedScopes: 'reject', throttle: limits });
    const guess = (password: string) => gate.post(passwordForm([JANE[0], password], 'update')); // Jane is no clerk
    for (let count = 0; count < 2; count += 1) expectCleanAnswer(await guess('wrong'), wrong);
    const blocked = await guess('wrong');
    expect(visibleParts(await guess(JANE[1]))).toEqual(visibleParts(blocked));
    expectCleanAnswer(blocked, wrong);
  });
});
