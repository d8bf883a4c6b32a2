import type { Checks } from '../protocol/checks';
import { digestOf, randomText } from '../protocol/secrets';
import type { EpochSeconds } from '../protocol/time';
import { lastFourOf, type ClientIdOrder, type KeyOrder } from './application-info';
import { ENVIRONMENTS } from './key-pairs';
import type { ClientSecret } from './records';
import { readInstant, rules } from './values';

const KEY_ORDER_FIELDS = ['environment', 'clientId', 'clientSecret', 'label', 'expiresAt'];

/** Reads a request for a key pair, or for another secret of one. */
export const readKeyOrder = (checks: Checks, value: unknown): KeyOrder | undefined => {
  const fields = checks.fields(value ?? null, [], KEY_ORDER_FIELDS);
  if (fields === undefined) return undefined;
  const environment = checks.oneOf(fields['environment'] ?? null, ['environment'], ENVIRONMENTS);
  const text = (name: string, { pattern, text: rule }: (typeof rules)[keyof typeof rules]) =>
    checks.text(fields[name], [name], pattern, rule);
  const clientId = text('clientId', rules.consumerKey);
  const clientSecret = text('clientSecret', rules.consumerSecret);
  const label = text('label', rules.label);
  const expiresAt = readInstant(checks, fields['expiresAt'], ['expiresAt']);
  if (environment === undefined) return undefined;
  return {
    environment,
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(label === undefined ? {} : { label }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
};

/** Reads a request for a client id of a public application. */
export const readClientIdOrder = (checks: Checks, value: unknown): ClientIdOrder | undefined => {
  const fields = checks.fields(value ?? null, [], ['environment', 'clientId']);
  if (fields === undefined) return undefined;
  const environment = checks.oneOf(fields['environment'] ?? null, ['environment'], ENVIRONMENTS);
  const { pattern, text: rule } = rules.consumerKey;
  const clientId = checks.text(fields['clientId'], ['clientId'], pattern, rule);
  if (environment === undefined) return undefined;
  return { environment, ...(clientId === undefined ? {} : { clientId }) };
};

/** Returns the record of a secret. */
export const newSecret = (
  clientSecret: string,
  { label, expiresAt }: Pick<KeyOrder, 'label' | 'expiresAt'>,
  now: EpochSeconds,
): ClientSecret => ({
  id: randomText(9),
  digest: digestOf(clientSecret),
  ...lastFourOf(clientSecret),
  ...(label === undefined ? {} : { label }),
  createdAt: Math.floor(now),
  ...(expiresAt === undefined ? {} : { expiresAt }),
});
