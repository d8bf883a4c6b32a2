/** Texts of the code that gets tokens and calls an API. */
export const snippets = {
  title: 'Use the keys in your code',
  language: 'Language',
  variables:
    'The code reads CONSUMER_KEY, CONSUMER_SECRET and other values that differ or are secret from the environment.',
  publicVariables: 'The code reads values that differ or are secret from the environment.',
  steps: {
    client_credentials: 'Get a token for the application (client credentials)',
    password: 'Get a token for a user (password)',
    authorization_code: 'Sign a user in (authorization code with PKCE)',
    refresh_token: 'Get new tokens (refresh token)',
    call: 'Call the API',
  },
  label: (language: string) => `the code in ${language}`,
  code: {
    openAddress: 'Open this address in a browser:',
    pasteCode: 'Then paste the value of "code" in the address that the browser returns to:',
    selfSigned: 'The certificate is self-signed: run this with NODE_EXTRA_CA_CERTS.',
  },
};
