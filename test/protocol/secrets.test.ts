import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  ACCESS_TOKEN_LENGTH,
  digestOf,
  equalStrings,
  linkHolderOf,
  mintAccessToken,
  mintClientId,
  mintClientSecret,
  mintGrantId,
  mintLinkCode,
  mintProofKey,
  mintRefreshToken,
  provesIssue,
  readAccessToken,
  readLinkCode,
  readRefreshToken,
  REFRESH_TOKEN_LENGTH,
} from '../../src/protocol/secrets';
import { fastest } from '../support/time/timing';
import { anyText } from '../support/properties/any-text';
import { assertProperty } from '../support/properties/property-runs';
import { altered } from '../support/tokens/tokens';

const grantId = mintGrantId();
const proofKey = mintProofKey();
const access = mintAccessToken(grantId);
const refresh = mintRefreshToken(grantId, proofKey);

test('a digest is the first 192 bits of SHA-256 in base64url', () => {
  expect(digestOf('abc')).toBe(createHash('sha256').update('abc').digest().subarray(0, 24).toString('base64url'));
});

describe('the code of a link', () => {
  it('contains what stands for the user, and is refused if a character is changed', () => {
    const holder = linkHolderOf('zoe@johnsorg');
    const { text, digest } = mintLinkCode(holder);
    expect(text).toMatch(/^sgl_[\w-]{71}$/);
    expect(readLinkCode(text)).toEqual({ holder, digest });
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === 'A' ? 'B' : 'A';
      expect(readLinkCode(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined();
    }
  });
});

describe('a minted secret', () => {
  test('S-355 has a prefix, a 96-bit grant id and 256 random bits, in letters, digits, - and _', () => {
    expect(access.text).toMatch(/^sga_[A-Za-z0-9_-]{16}[A-Za-z0-9_-]{43}[A-Za-z0-9_-]{6}$/);
    expect(refresh.text).toMatch(/^sgr_[A-Za-z0-9_-]{16}[A-Za-z0-9_-]{43}[A-Za-z0-9_-]{17}$/);
    expect(mintClientSecret()).toMatch(/^sgs_[A-Za-z0-9_-]{43}[A-Za-z0-9_-]{6}$/);
    expect(mintClientId()).toMatch(/^[A-Za-z0-9]{28}$/);
    expect(mintGrantId()).toMatch(/^[A-Za-z0-9_-]{16}$/);
    expect([access.text.length, refresh.text.length]).toEqual([ACCESS_TOKEN_LENGTH, REFRESH_TOKEN_LENGTH]);
  });

  test('S-355 is unique, and every character of its alphabets occurs', () => {
    const count = 5_000;
    const tokens = Array.from({ length: count }, () => mintAccessToken(grantId).text);
    const ids = Array.from({ length: count }, mintClientId);
    expect(new Set([...tokens, ...ids, ...Array.from({ length: count }, mintGrantId)]).size).toBe(3 * count);
    expect(new Set(tokens.map((text) => text.slice(20, 62)).join('')).size).toBe(64);
    expect(new Set(ids.join('')).size).toBe(62);
    // The random part, and not only something around it, is another one each time.
    expect(new Set(tokens.map((text) => text.slice(20, 36))).size).toBe(count);
  });

  test('S-192 S-345 has a digest that is not the token and from which it cannot be derived', () => {
    expect(access.digest).not.toContain(access.text);
    expect(access.text).not.toContain(access.digest);
    expect(readAccessToken(access.digest)).toBeUndefined();
    expect(readRefreshToken(refresh.digest)).toBeUndefined();
  });
});

describe('the reader of secrets', () => {
  test('returns the grant id and the digest that was minted', () => {
    expect(readAccessToken(access.text)).toEqual({ grantId, digest: access.digest });
    expect(readRefreshToken(refresh.text)).toEqual({ grantId, digest: refresh.digest });
  });

  test('S-178 refuses a token with any one character changed', () => {
    for (let index = 0; index < access.text.length; index += 1) {
      expect(readAccessToken(altered(access.text, index))).toBeUndefined();
    }
    for (let index = 0; index < refresh.text.length; index += 1) {
      expect(readRefreshToken(altered(refresh.text, index))).toBeUndefined();
    }
  });

  test('S-191 never reads one kind of secret as another', () => {
    expect(readAccessToken(refresh.text)).toBeUndefined();
    expect(readRefreshToken(access.text)).toBeUndefined();
    for (const read of [readAccessToken, readRefreshToken]) {
      expect(read(mintClientSecret())).toBeUndefined();
      expect(read(mintClientId())).toBeUndefined();
      expect(read(grantId)).toBeUndefined();
    }
    expect(readAccessToken(refresh.text.replace('sgr_', 'sga_'))).toBeUndefined();
    expect(readAccessToken(refresh.text.replace('sgr_', 'sga_').slice(0, ACCESS_TOKEN_LENGTH))).toBeUndefined();
  });

  test('S-184 refuses another length before it computes a hash', () => {
    for (const text of [
      '',
      access.text.slice(0, -1),
      `${access.text}A`,
      `${access.text}=`,
      ` ${access.text}`,
      access.text.repeat(2),
    ]) {
      expect(readAccessToken(text)).toBeUndefined();
    }
    const long = `sga_${'x'.repeat(15_000)}`;
    const thousand = (): void => {
      for (let count = 0; count < 1_000; count += 1) readAccessToken(long);
    };
    // Hashing a thousand of them would take 10 ms and more.
    expect(fastest(thousand)).toBeLessThan(5);
  });

  test('S-193 refuses texts that look like keys of a store', () => {
    for (const text of [`sg:{${grantId}}:a`, '*', '{tag}', 'rt:x', `sga_{${grantId}}`]) {
      for (const shaped of [text, text.padEnd(ACCESS_TOKEN_LENGTH, '*'), text.padEnd(ACCESS_TOKEN_LENGTH, 'A')]) {
        expect(readAccessToken(shaped)).toBeUndefined();
      }
    }
  });

  test('S-359 never throws, and returns a grant id that is safe in a key name', () => {
    assertProperty(
      fc.property(anyText({ minLength: ACCESS_TOKEN_LENGTH, maxLength: ACCESS_TOKEN_LENGTH }), (text) => {
        expect(readAccessToken(text)).toBeUndefined();
        expect(readAccessToken(`sga_${text.slice(4)}`)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
    assertProperty(
      fc.property(fc.string({ unit: fc.constantFrom(...'Aa0_-{}:*'), minLength: 59, maxLength: 59 }), (body) => {
        // With a checksum that is right for the text, only the alphabet is left to refuse it.
        const text = `sga_${body}`;
        const read = readAccessToken(text + digestOf(text).slice(0, 6));
        expect(read === undefined).toBe(/[{}:*]/.test(body));
        if (read !== undefined) expect(read.grantId).toMatch(/^[A-Za-z0-9_-]{16}$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the proof of issue', () => {
  test('S-126 distinguishes an issued refresh token from a forged one', () => {
    expect(provesIssue(refresh.text, proofKey)).toBe(true);
    expect(provesIssue(mintRefreshToken(grantId, mintProofKey()).text, proofKey)).toBe(false);
    expect(
      provesIssue(mintRefreshToken(mintGrantId(), proofKey).text.replace(/^.{20}/, `sgr_${grantId}`), proofKey),
    ).toBe(false);
  });

  test('S-126 covers every part of the secret', () => {
    for (let index = 4; index < 4 + 16 + 43 + 11; index += 1) {
      expect(provesIssue(altered(refresh.text, index), proofKey)).toBe(false);
    }
  });
});

describe('equalStrings', () => {
  test('S-076 compares texts of any length without an exception', () => {
    expect(equalStrings('secret', 'secret')).toBe(true);
    expect(equalStrings('', '')).toBe(true);
    for (const other of ['', 'secre', 'secret ', 'Secret', 'secret\0', 'x'.repeat(10_000)]) {
      expect(equalStrings('secret', other)).toBe(false);
    }
  });

  test('distinguishes all well-formed texts', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab\0é'), maxLength: 4 });
    assertProperty(fc.property(text, text, (one, other) => equalStrings(one, other) === (one === other)));
  });
});
