import { clientForm, passwordForm } from '../../support/tokens/forms';
import type { InProcessResponse } from '../../support/http/in-process';
import type { EndingModel } from './ending-model';
import type { ModelPair } from './grants-model';
import { passwordText, SCOPES, secretText, type ClientKey, type UserName } from './names';
import type { ApplicationOperation, SignInOperation, Text } from './operation';
import { accepted, single, verdictOf, type Step, type Verdict } from './step';
import type { World } from './world';

const ALL_SCOPES = SCOPES.join(' ');

export const expectedOf = (pair: ModelPair | undefined): Verdict =>
  pair === undefined ? 'refused' : accepted(pair.access.scopes);

/** The secret that a client sends. */
export const secretOf = ({ directory }: EndingModel, key: ClientKey, secret: Text = 'present'): string => {
  const present = directory.applications.get(key)?.secrets.at(-1) ?? 0;
  return secretText(secret === 'present' ? present : directory.formerOf(key));
};

const passwordOf = ({ directory }: EndingModel, user: UserName, password: Text): string => {
  const present = directory.users.get(user)?.password ?? 0;
  return passwordText(password === 'present' ? present : directory.formerOf(user));
};

/** Keeps the texts of a pair that a gate has issued. */
const keep = ({ answers }: World, pair: ModelPair | undefined, accessToken: string, refreshToken?: string): void => {
  if (pair === undefined) return;
  answers.tokens.set(pair.access, accessToken);
  if (pair.refresh !== undefined) answers.tokens.set(pair.refresh, refreshToken ?? '');
};

/** The verdict of a token endpoint's response. */
export const verdictOfTokens = (world: World, pair: ModelPair | undefined, response: InProcessResponse): Verdict => {
  const { status, body } = response;
  if (status === 400 || status === 401) return 'refused';
  if (status !== 200) return `answered ${status} ${body}`;
  const { access_token, refresh_token, scope } = JSON.parse(body) as Readonly<Record<string, string>>;
  keep(world, pair, access_token ?? '', refresh_token);
  return accepted([scope ?? '']);
};

const signIn = (world: World, given: Extract<SignInOperation, { readonly do: 'signIn' }>): Step => {
  const { model } = world;
  const { at, key, user, password, secret } = given;
  const form = passwordForm([user, passwordOf(model, user, password)], ALL_SCOPES);
  const credentials = [key, secretOf(model, key, secret)] as const;
  const application = model.authenticated(key, secret);
  const pair = password === 'present' ? model.issueFor(user, key, application) : undefined;
  const how = password === 'former' ? ' with a former password' : '';
  const by = secret === 'former' ? ' and a former secret' : '';
  return single(at, `${user} signs in${how} through ${key}${by}`, expectedOf(pair), async (gate) =>
    verdictOfTokens(world, pair, await gate.post('/token', form, credentials)),
  );
};

const issue = (world: World, { at, key, user }: SignInOperation): Step => {
  const { model } = world;
  const pair = model.issueFor(user, key, model.directory.enabledApplication(key));
  const order = { clientId: key, subject: user, scopes: SCOPES };
  return single(at, `a token is issued to ${key} for ${user}`, expectedOf(pair), ({ gate }) =>
    verdictOf(
      gate.tokens.issue(order).then(({ accessToken, refreshToken, scopes }) => {
        keep(world, pair, accessToken, refreshToken);
        return accepted(scopes);
      }),
    ),
  );
};

export const signInStep = (world: World, operation: SignInOperation): Step =>
  operation.do === 'signIn' ? signIn(world, operation) : issue(world, operation);

/** An application requests a token for itself. */
export const clientCredentialsStep = (world: World, { at, key }: ApplicationOperation): Step => {
  const { model } = world;
  const credentials = [key, secretOf(model, key)] as const;
  const pair = model.issueForItself(key, model.authenticated(key));
  return single(at, `${key} requests a token for itself`, expectedOf(pair), async (gate) =>
    verdictOfTokens(world, pair, await gate.post('/token', clientForm(ALL_SCOPES), credentials)),
  );
};
