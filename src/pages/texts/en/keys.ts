/** Texts of the pages that show new keys: after a subscription, and after a key or a secret was generated. */
export const keys = {
  ready: 'You are set',
  subscribed: (application: string, api: string) => `${application} is subscribed to ${api}.`,
  copySecret: "Copy the secret now. You won't be able to see it again. If you lose it, generate a new one.",
  shownBefore: 'The secret was shown when it was generated. If you have lost it, add a secret to the application.',
  publicKey:
    'This key has no secret: the application is public. Its users sign in with the authorization code and PKCE.',
  newKeys: (application: string) => `${application}: your new keys`,
  newKey: (application: string) => `${application}: your new key`,
  newSecret: (application: string) => `New secret for ${application}`,
  consumerKey: 'Consumer key',
  consumerSecret: 'Consumer secret',
  keyLabel: 'the consumer key',
  secretLabel: 'the consumer secret',
  envFile: '.env file',
  envLines: 'the lines for a .env file',
  saveEnv: 'Save as .env',
  header: 'Authorization header for token requests',
  headerLabel: 'the Basic header',
  application: 'The application',
  generateToken: 'Generate a token',
  done: 'Done',
};
