import { refreshForm } from '../../support/tokens/forms';
import type { EndingModel } from './ending-model';
import type { InProcessGate } from '../../support/gate/in-process-gate';
import { lastPairOf, type ModelAccess, type ModelGrant, type ModelToken } from './grants-model';
import type { GrantOperation, SweepOperation } from './operation';
import { expectedOf, secretOf, verdictOfTokens } from './sign-in-steps';
import { accepted, single, type Check, type Step, type Verdict } from './step';
import { known, type World } from './world';

type Given<O extends GrantOperation['do']> = Extract<GrantOperation, { readonly do: O }>;

const nameOf = ({ number, client, user }: ModelGrant): string =>
  `grant ${number} (${user === undefined ? client : `${user}, ${client}`})`;

const using = (world: World, token: ModelAccess): Check => ({
  what: `access token ${token.number} of ${nameOf(token.grant)} is sent to a guard`,
  expected: world.model.grants.isAccepted(token) ? accepted(token.scopes) : 'refused',
  observe: async (gate) => {
    const { status, body } = await gate.use(known(world.answers.tokens, token));
    if (status === 401) return 'refused';
    if (status !== 200) return `answered ${status}`;
    return accepted((JSON.parse(body) as { readonly scopes: readonly string[] }).scopes);
  },
});

/** Refreshes a grant by its last refresh token. */
const refreshing = (world: World, grant: ModelGrant): Check | undefined => {
  const { model } = world;
  const token = lastPairOf(grant)?.refresh;
  if (token === undefined || grant.user === undefined) return undefined;
  const credentials = [grant.client, secretOf(model, grant.client)] as const;
  const application = model.authenticated(grant.client);
  const user = model.directory.users.get(grant.user);
  const isAllowed = application !== undefined && user !== undefined && model.grants.isLive(grant);
  const pair = isAllowed
    ? model.grants.rotate(grant, model.directory.allowedScopes(grant.scopes, application, user.roles))
    : undefined;
  return {
    what: `${nameOf(grant)} is refreshed`,
    expected: expectedOf(pair),
    observe: async (gate) => {
      const form = refreshForm(known(world.answers.tokens, token));
      return verdictOfTokens(world, pair, await gate.post('/token', form, credentials));
    },
  };
};

const heldToken = ({ grants }: EndingModel, grant: ModelGrant, kind: ModelToken['kind']): ModelToken | undefined => {
  const pair = lastPairOf(grant);
  if (kind === 'refresh') return pair?.refresh;
  // Whether an ended access token still leads to its grant is up to the store.
  return pair !== undefined && (grants.isAccepted(pair.access) || !grants.isLive(grant)) ? pair.access : undefined;
};

const revoke = (world: World, { at, kind, by }: Given<'revokeToken'>, grant: ModelGrant): Step | undefined => {
  const { model, answers } = world;
  const token = heldToken(model, grant, kind);
  if (token === undefined) return undefined;
  const credentials = [grant.client, secretOf(model, grant.client)] as const;
  const isAllowed = by === 'operator' || model.authenticated(grant.client) !== undefined;
  const wasLive = model.grants.isLive(grant);
  grant.isRevoked ||= isAllowed;
  const call = async ({ gate }: InProcessGate): Promise<Verdict> => {
    await gate.tokens.revoke({ token: known(answers.tokens, token) });
    return 'done';
  };
  const request = async (gate: InProcessGate): Promise<Verdict> => {
    const { status, body } = await gate.post('/revoke', { token: known(answers.tokens, token) }, credentials);
    // The next application of a key is another client, and what it may learn of an ended grant is not decided here.
    if (status === 200 || (status === 400 && !wasLive)) return 'done';
    return status === 401 ? 'refused' : `answered ${status} ${body}`;
  };
  const what = `${nameOf(grant)} is revoked by its ${kind} token, by the ${by}`;
  return single(at, what, isAllowed ? 'done' : 'refused', by === 'client' ? request : call);
};

const introspect = (world: World, { at, kind }: Given<'introspect'>, grant: ModelGrant): Step | undefined => {
  const { model, answers } = world;
  const pair = lastPairOf(grant);
  const token = kind === 'access' ? pair?.access : pair?.refresh;
  if (pair === undefined || token === undefined) return undefined;
  const credentials = [grant.client, secretOf(model, grant.client)] as const;
  const isLive = token.kind === 'access' ? model.grants.isAccepted(token) : model.grants.isLive(grant);
  const scopes = token.kind === 'access' ? token.scopes : grant.scopes;
  const isActive = isLive && model.authenticated(grant.client) !== undefined;
  const what = `${grant.client} introspects the ${kind} token of ${nameOf(grant)}`;
  return single(at, what, isActive ? accepted(scopes) : 'refused', async (gate) => {
    const { status, body } = await gate.post('/introspect', { token: known(answers.tokens, token) }, credentials);
    if (status === 401) return 'refused';
    const answer = JSON.parse(body) as { readonly active?: boolean; readonly scope?: string };
    return answer.active === true ? accepted([answer.scope ?? '']) : 'refused';
  });
};

export const grantStep = (world: World, operation: GrantOperation): Step | undefined => {
  const grant = world.model.grants.pick(operation.grant);
  if (grant === undefined) return undefined;
  if (operation.do === 'revokeToken') return revoke(world, operation, grant);
  if (operation.do === 'introspect') return introspect(world, operation, grant);
  const check = refreshing(world, grant);
  return check === undefined ? undefined : single(operation.at, check.what, check.expected, check.observe);
};

/** Sends every token that was ever issued, or refreshes every grant. */
export const sweepStep = (world: World, { do: sweep, at }: SweepOperation): Step => {
  const { all } = world.model.grants;
  if (sweep === 'useAll') {
    const tokens = all.flatMap(({ pairs }) => pairs.map(({ access }) => access));
    const checks = tokens.map((token) => using(world, token));
    return { at, what: 'every access token is sent to a guard', checks, changes: false };
  }
  const checks = all.map((grant) => refreshing(world, grant)).filter((check) => check !== undefined);
  return { at, what: 'every grant is refreshed', checks, changes: true };
};
