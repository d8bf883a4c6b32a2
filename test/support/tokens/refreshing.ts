import type { Test } from 'supertest';
import { JOHN, type Pair, type TestGate, type TokenBody } from '../gate/gate';
import { refreshForm } from './forms';

/** The wording of every refusal of a refresh token. */
export const REFUSED_REFRESH = {
  error: 'invalid_grant',
  error_description: 'The refresh token is invalid, expired, revoked or was issued to another client.',
};

type Refreshing = Pick<TestGate, 'token'>;

/** Presents a refresh token. */
export const refresh = (gate: Refreshing, token: string, scope?: string, credentials?: Pair): Test =>
  gate.token(refreshForm(token, scope), credentials);

/** Presents a refresh token that must be taken. */
export const refreshed = async (
  gate: Refreshing,
  { refresh_token: token }: Pick<TokenBody, 'refresh_token'>,
  scope?: string,
): Promise<TokenBody> => {
  const { body } = await refresh(gate, token, scope).expect(200);
  return body as TokenBody;
};

/** Presents a refresh token that must be refused in the one wording. */
export const refusedRefresh = async (gate: Refreshing, token: string, credentials?: Pair): Promise<void> => {
  await refresh(gate, token, undefined, credentials).expect(400, REFUSED_REFRESH);
};

/** A second application of John's organization, made at run time. */
export const anotherApplication = async ({
  gate,
}: Pick<TestGate, 'gate'>): Promise<{ readonly id: string; readonly keys: Pair }> => {
  const { applications } = gate.directory;
  const { id } = await applications.create({ name: 'Another app', owner: JOHN[0] });
  const { clientId, clientSecret } = await applications.generateKeys(id, { environment: 'production' });
  return { id, keys: [clientId, clientSecret] };
};
