import { mintGrantId, randomText } from '../../../src/protocol/secrets';
import type { EpochSeconds } from '../../../src/protocol/time';
import type { CodeRecord, CodeTerms } from '../../../src/tokens/code-store';
import { aDigest } from './records';

/** A new authorization code of 60 seconds. */
export const aCode = (now: EpochSeconds, facts: Partial<CodeRecord> = {}): CodeRecord => ({
  grantId: mintGrantId(),
  clientId: 'client',
  subject: 'john@gmail.com@johnsorg',
  organization: 'johnsorg',
  consent: 'consent',
  environment: 'production',
  digest: aDigest(),
  redirectUri: 'http://127.0.0.1/callback',
  challenge: randomText(32),
  scopes: ['read', 'update'],
  resources: ['https://api.example/orders'],
  roles: ['editor'],
  expiresAt: now + 60,
  ...facts,
});

/** Terms without a limit, under which it is known for ten minutes that a code was spent. */
export const codeTerms = (now: EpochSeconds): CodeTerms => ({ keptUntil: now + 600, maxOfUserAndClient: Infinity });
