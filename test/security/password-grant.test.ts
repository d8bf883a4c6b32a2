import express, { type RequestHandler } from 'express';
import { anApplication } from '../support/applications';
import { seenIn } from '../support/client-requests';
import { everyStore } from '../support/every-store';
import { aGate, APPLICATION, JANE, JOHN, type Pair, type TestGate } from '../support/gate';
import { expectCleanAnswer } from '../support/oracle';
import {
  APPLICATION_HEADER,
  aServedGate,
  aSource,
  basicHeader,
  FORM_TYPE,
  PASSWORD_FORM,
  passwordForm,
  type ServedGate,
  type TokenForm,
} from '../support/token-requests';

const wrong = { status: 400, error: 'invalid_grant' } as const;
const malformed = { status: 400, error: 'invalid_request' } as const;

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

  it('S-080 with the right password gives tokens', async () => {
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
  ])('S-081 with %s is an invalid grant', async (_kind, password) => {
    const answer = await gate.post(passwordForm([JOHN[0], password]));
    expectCleanAnswer(answer, { ...wrong, without: ['access_token'] });
  });

  it('S-082 is refused with the same bytes whether the user is unknown, elsewhere, disabled or the password wrong', async () => {
    const eve = await withAnotherOrganization(gate);
    const { users } = gate.gate.directory;
    await users.create({ username: 'kim', organization: 'johnsorg', password: 'kim-password' });
    await users.disable('kim@johnsorg');
    const expected = seenIn(await gate.post(passwordForm([JOHN[0], 'wrong'])));
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
      expect([pair[0], seenIn(await gate.post(passwordForm(pair)))]).toEqual([pair[0], expected]);
    }
  });

  it('S-087 by a client that may not use the password grant is refused before the password is looked at', async () => {
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
      expect(seenIn(answer)).toEqual(seenIn(answers[0] ?? answer));
    }
    expect(source.asked).toEqual([]);
    expectCleanAnswer(await guarded.post(PASSWORD_FORM), { status: 200 });
  });

  it('S-102 keeps a user and a client of the same name apart', async () => {
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
    const { applications = [] } = { applications: [] as const };
    expect(applications).toEqual([]);
    gate = await aServedGate({ users: source.users, throttle: { address: { failures: 1 } }, ungrantedScopes: 'reject' });
  });

  const by = (credentials: string, form: TokenForm) =>
    gate.post(form, { headers: [FORM_TYPE, basicHeader(credentials)] });
  const badScope = { ...PASSWORD_FORM, scope: 'nobody' };

  it('S-088 is judged by its framing, client, grant type, throttle and password, in this order', async () => {
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

describe('a scope that cannot be had', () => {
  it.each(['drop', 'reject'] as const)('S-088 does not tell whether the password was right (%s)', async (ungrantedScopes) => {
    const gate = await aServedGate({ ungrantedScopes, throttle: false });
    for (const scope of ['a"b', ' ', 'read  update', 'x'.repeat(200), ...(ungrantedScopes === 'reject' ? ['nobody'] : [])]) {
      const [right, guessed] = [JOHN[1], 'wrong'].map((password) => gate.post(passwordForm([JOHN[0], password], scope)));
      const answer = await right;
      expectCleanAnswer(answer as Awaited<typeof answer> & object, { status: 400, error: 'invalid_scope' });
      expect(seenIn((await guessed) as Awaited<ReturnType<ServedGate['post']>>)).toEqual(
        seenIn(answer as Awaited<ReturnType<ServedGate['post']>>),
      );
    }
  });

  it('S-088 is no way to guess without being counted', async () => {
    const limits = { accountAndAddress: { failures: 2 } };
    const gate = await aServedGate({ ungrantedScopes: 'reject', throttle: limits });
    const guess = (password: string) => gate.post(passwordForm([JANE[0], password], 'update')); // Jane is no clerk
    for (let count = 0; count < 2; count += 1) expectCleanAnswer(await guess('wrong'), wrong);
    const blocked = await guess('wrong');
    expect(seenIn(await guess(JANE[1]))).toEqual(seenIn(blocked));
    expectCleanAnswer(blocked, wrong);
  });
});

describe('a password grant of other types than text', () => {
  /** What a careless parser of the host could leave behind. */
  const parsedAs =
    (body: unknown): RequestHandler =>
    (request, _response, next) => {
      request.resume().on('end', () => {
        Object.assign(request, { body });
        next();
      });
    };
  const things = [1, true, null, ['x'], { $ne: 'x' }, { toString: 'x' }, new Date(0)];

  it.each(['username', 'password', 'scope', 'grant_type', 'client_id'])('S-089 in %s never gets to the users function', async (name) => {
    const source = aSource();
    for (const thing of things) {
      const host = await aServedGate({ users: source.users }, { inFront: [parsedAs({ ...PASSWORD_FORM, [name]: thing })] });
      expectCleanAnswer(await host.post(PASSWORD_FORM), malformed);
    }
    expect(source.asked).toEqual([]);
  });

  it('S-089 as a whole is no form', async () => {
    const source = aSource();
    for (const body of [1, true, null, undefined, '', [], ['grant_type', 'password'], Buffer.alloc(0), () => PASSWORD_FORM]) {
      const host = await aServedGate({ users: source.users }, { inFront: [parsedAs(body)] });
      expectCleanAnswer(await host.post(PASSWORD_FORM), malformed);
    }
    expect(source.asked).toEqual([]);
  });

  it.each([
    ['a form parser', express.urlencoded({ extended: true }), 'username[$ne]=x'],
    ['a form parser', express.urlencoded({ extended: true }), 'password[]=x'],
    ['a form parser', express.urlencoded({ extended: false }), 'username=a&username=b'],
  ])('S-089 made by %s of the host out of a form never gets there either', async (_name, parser, part) => {
    const source = aSource();
    const host = await aServedGate({ users: source.users }, { inFront: [parser] });
    const [name = ''] = part.split(/[[=]/);
    const rest = new URLSearchParams(PASSWORD_FORM);
    rest.delete(name);
    expectCleanAnswer(await host.post(`${rest.toString()}&${part}`), malformed);
    expect(source.asked).toEqual([]);
  });

  it('S-089 is told from text that a parser of the host has read, which is taken', async () => {
    const source = aSource();
    const host = await aServedGate({ users: source.users }, { inFront: [express.urlencoded({ extended: false })] });
    expectCleanAnswer(await host.post(PASSWORD_FORM), { status: 200 });
    expect(source.asked.map(([username, password]) => [username, password])).toEqual([['john@gmail.com', JOHN[1]]]);
  });
});

describe('a user name or password that is no line of text', () => {
  const controls = Array.from({ length: 32 }, (_nothing, code) => String.fromCharCode(code));

  it.each([...controls, '\x7f'])('S-090 is refused as a whole, never cut off: %j', async (control) => {
    const source = aSource();
    const gate = await aServedGate({ users: source.users });
    for (const pair of [
      [`john${control}admin@johnsorg`, 'x'],
      [`${control}${JOHN[0]}`, JOHN[1]],
      [`${JOHN[0]}${control}`, JOHN[1]],
      [JOHN[0], `${JOHN[1]}${control}`],
    ] as const) {
      expectCleanAnswer(await gate.post(passwordForm(pair)), malformed);
    }
    expect(source.asked).toEqual([]);
  });

  it('S-094 may have 1024 bytes, all of which count, and no more', async () => {
    const gate = await aServedGate({ throttle: false });
    const { users } = gate.gate.directory;
    for (const [index, password] of ['p'.repeat(1_024), 'p'.repeat(73), '\u{1F511}'.repeat(256), ' '.repeat(20)].entries()) {
      const name = `user${index}`;
      await users.create({ username: name, organization: 'johnsorg', password });
      const post = (text: string) => gate.post(passwordForm([`${name}@johnsorg`, text]));
      expectCleanAnswer(await post(password), { status: 200 });
      expectCleanAnswer(await post(password.slice(0, -2) + 'x'), wrong);
    }
    expectCleanAnswer(await gate.post(passwordForm([JOHN[0], 'p'.repeat(1_025)])), malformed);
    expectCleanAnswer(await gate.post(passwordForm([JOHN[0], '\u{1F511}'.repeat(257)])), malformed);
    expectCleanAnswer(await gate.post(passwordForm([JOHN[0], 'p'.repeat(1_000_000)])), { status: 413 });
    expectCleanAnswer(await gate.post(passwordForm(['u'.repeat(513), 'x'])), malformed);
  });
});

it('S-103 S-104 placeholders', () => {
  expect([APPLICATION_HEADER, aGate]).toBeDefined();
});
