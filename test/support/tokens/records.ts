import { digestOf, mintGrantId, mintProofKey, randomText } from '../../../src/protocol/secrets';
import type { EpochSeconds } from '../../../src/protocol/time';
import type { AccessTokenRecord, Grant, RefreshTokenRecord } from '../../../src/tokens/records';
import type { Rotation } from '../../../src/tokens/token-store';

/** A secret as the client has it, and what a store receives of it. */
export interface TestGrant {
  readonly access: AccessTokenRecord;
  readonly refresh: RefreshTokenRecord;
}

export interface TestGrantOptions {
  readonly clientId?: string;
  /** `null`: a client that speaks for itself. */
  readonly subject?: string | null;
  readonly accessExpiresAt?: EpochSeconds;
  readonly refreshExpiresAt?: EpochSeconds;
  readonly consent?: string;
  readonly audience?: string;
  readonly resources?: readonly string[];
}

export const aDigest = () => digestOf(randomText(32));

/** A new grant: an access token of 100 seconds and a refresh token of 1000. */
export const aGrant = (now: EpochSeconds, options: TestGrantOptions = {}): TestGrant => {
  const { clientId = 'client', subject = 'john@gmail.com@johnsorg' } = options;
  const { accessExpiresAt = now + 100, refreshExpiresAt = now + 1_000, consent, audience, resources } = options;
  const grant: Grant = {
    grantId: mintGrantId(),
    clientId,
    ...(subject === null ? {} : { subject, organization: 'johnsorg' }),
    ...(consent === undefined ? {} : { consent }),
    environment: 'production',
  };
  return {
    access: {
      ...grant,
      digest: aDigest(),
      scopes: ['read', 'update'],
      subscriptions: ['orders'],
      ...(audience === undefined ? {} : { audience }),
      issuedAt: now,
      expiresAt: accessExpiresAt,
    },
    refresh: {
      ...grant,
      digest: aDigest(),
      scopes: ['read', 'update'],
      ...(resources === undefined ? {} : { resources }),
      expiresAt: refreshExpiresAt,
      grantExpiresAt: refreshExpiresAt + 10_000,
      proofKey: mintProofKey(),
    },
  };
};

export interface TestRotationOptions {
  /** Seconds that the earlier access token stays alive. */
  readonly grace?: number;
  readonly accessLifetime?: number;
  readonly refreshLifetime?: number;
}

/** One use of the refresh token of a grant. Each has a successor of its own. */
export const aRotation = (
  { access, refresh }: TestGrant,
  now: EpochSeconds,
  { grace = 10, accessLifetime = 100, refreshLifetime = 1_000 }: TestRotationOptions = {},
): Rotation => ({
  spent: refresh.digest,
  access: { ...access, digest: aDigest(), issuedAt: now, expiresAt: now + accessLifetime },
  refresh: {
    ...refresh,
    digest: aDigest(),
    expiresAt: now + refreshLifetime,
    spent: { digest: refresh.digest, sealedPair: randomText(40), until: now + grace },
  },
  previousAccessUntil: now + grace,
});

/** Texts that could be confused with something else: a part of a key, a pattern, a line, another text. */
export const HOSTILE_NAMES: readonly string[] = [
  'a',
  'A',
  'b',
  'a:b',
  'a:b:g',
  ':',
  '{a}',
  '{',
  '}',
  '{}',
  'a}b{c',
  'c.a',
  'u.a',
  '*',
  '?',
  '[a-z]',
  '\\',
  'a*',
  'a\r\nDEL x\r\n',
  '*1\r\n$8\r\nFLUSHALL\r\n',
  'a\n',
  'a\0b',
  ' ',
  'a ',
  'a\'"',
  '${a}',
  '../a',
  '__proto__',
  'constructor',
  'null',
  '0',
  'ü', // composed
  'u\u0308', // decomposed
  'ﬀ',
  'ff',
  '\u202ea',
  '\ufeffa',
  '😀',
  '<a>&',
  'a,b',
  'a|b',
  'x'.repeat(10_000),
];
