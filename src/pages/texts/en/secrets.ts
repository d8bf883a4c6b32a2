/** Texts of keys and secrets on the page of an application. */
export const secrets = {
  environments: { production: 'Production', sandbox: 'Sandbox' },
  consumerKey: 'Consumer key',
  keyLabel: { production: 'the production consumer key', sandbox: 'the sandbox consumer key' },
  keyLabelOf: (name: string) => ({
    production: `the production consumer key of ${name}`,
    sandbox: `the sandbox consumer key of ${name}`,
  }),
  environment: 'Environment',
  noKey: 'No key yet.',
  generate: 'Generate',
  noSandbox: 'None of these APIs has a sandbox: they refuse tokens of a sandbox key.',
  table: { production: 'Production secrets', sandbox: 'Sandbox secrets' },
  heads: {
    label: 'Label',
    lastFour: 'Ends with',
    created: 'Created',
    expires: 'Expires',
    lastUsed: 'Last used',
  },
  publicKey: 'The application is public, so its key has no secret.',
  declaredKey: "Ask the gateway's operator for the secret.",
  add: 'Add a secret',
  addHint: 'Existing secrets keep working until you revoke them, so you can rotate clients one at a time.',
  label: 'Label',
  expires: 'Expires',
  expiresHint: 'Leave empty for no expiry.',
  generateSecret: 'Generate secret',
  expiresRule: 'The expiry date must be a date such as 2027-12-31.',
  noneOfPublic: 'A public application has no secrets.',
  keyExists: {
    production: 'There is already a production key; add a secret to it instead.',
    sandbox: 'There is already a sandbox key; add a secret to it instead.',
  },
  publicKeyExists: {
    production: 'There is already a production key.',
    sandbox: 'There is already a sandbox key.',
  },
  revoke: 'Revoke',
  revokeEffect: (secret: string, application: string) =>
    `Revoking ${secret} of ${application} revokes all tokens issued with this key.`,
  /** @param lastFour last characters, if they are known */
  secret: (label: string | undefined, lastFour: string | undefined) =>
    ['the secret', label, lastFour === undefined ? undefined : `that ends with ${lastFour}`]
      .filter((part) => part !== undefined)
      .join(' '),
  revoked: 'Secret revoked. All tokens issued with this key have been revoked.',
};
