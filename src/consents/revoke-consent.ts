import type { Revocation } from '../tokens/revocation';
import type { Consents } from './consents';

export interface ConsentRevocation {
  readonly consents: Pick<Consents, 'remove'>;
  readonly tokens: Pick<Revocation, 'revokeAll'>;
}

/**
 * Revokes a consent of a user: ends the grants and codes that were made under it, and removes it. If this rejects, the
 * consent is still listed, so that the call can be repeated, or everything that was made under it before the call has
 * ended.
 */
export const revokeConsent = async (
  { consents, tokens }: ConsentRevocation,
  subject: string,
  id: string,
): Promise<void> => {
  const end = (): Promise<void> => tokens.revokeAll({ consent: id }, 'consent');
  await end(); // first, because without the record nothing would lead to what is left
  try {
    await consents.remove(subject, id);
  } finally {
    await end(); // what was issued while the record was still there
  }
};
