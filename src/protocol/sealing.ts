import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const IV_LENGTH = 12;
const TAG_LENGTH = 16;

// The key is derived from a token that no store contains, so only the token's owner can open the sealed text.
const keyFrom = (token: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', token, '', 'scopegate refresh grace', 32));

/**
 * Seals `text` under a key derived from `token` (AES-256-GCM). Opening it requires the same `context`, which is
 * authenticated but not included.
 */
export const sealUnder = (token: string, text: string, context = ''): string => {
  const iv = randomBytes(IV_LENGTH);
  const cipher = createCipheriv('aes-256-gcm', keyFrom(token), iv).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
};

/** Opens the result of `sealUnder`; `undefined` if the token or the context differs, or `sealed` was changed. */
export const openUnder = (token: string, sealed: string, context = ''): string | undefined => {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < IV_LENGTH + TAG_LENGTH) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(token), bytes.subarray(0, IV_LENGTH));
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(IV_LENGTH, IV_LENGTH + TAG_LENGTH));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(IV_LENGTH + TAG_LENGTH)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
};
