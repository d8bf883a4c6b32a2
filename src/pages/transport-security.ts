/**
 * The header that makes browsers use https only, for a year (RFC 6797). Not set if the host application has already set
 * it.
 */
export const TRANSPORT_SECURITY = { name: 'Strict-Transport-Security', value: 'max-age=31536000' } as const;
