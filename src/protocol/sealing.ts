import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const IV_LENGTH = 12;
const TAG_LENGTH = 16;

// The key comes from a token that no store holds, so what is sealed under it opens for the token's owner alone.
const keyFrom = (token: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', token, '', 'scopegate refresh grace', 32));

/** Seals `text` under a key derived from `token` (AES-256-GCM). It opens with the same `context` alone, which is not kept in it. */
export const sealUnder = (token: string, text: string, context = ''): string => {
  const iv = randomBytes(IV_LENGTH);
  const cipher = createCipheriv('aes-256-gcm', keyFrom(token), iv).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
};

/** Opens what `sealUnder` sealed. @returns `undefined` when the token or the context is another one or the text was changed. */
export const openWith = (token: string, sealed: string, context = ''): string | undefined => {
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
