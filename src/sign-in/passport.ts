import { Passport } from 'passport';
import { BasicStrategy } from 'passport-http';
import type { Client } from '../directory/records';
import type { ClientCredentials } from '../protocol/credentials';
import { asError, OAuthError } from '../protocol/errors';

/** @throws OAuthError `invalid_client`; `invalid_request` (429) after too many failures. */
type Verify<C> = (credentials: C, address: string) => Promise<Client>;

const unauthenticated = (): OAuthError => new OAuthError('invalid_client', 'The client could not be authenticated.');

interface PlainRequest {
  readonly headers: { readonly authorization: string };
  readonly address: string;
}

/** The part of a request that Passport needs. Its types do not describe the middleware. */
type PlainMiddleware = (request: PlainRequest, response: object, next: (error?: unknown) => void) => void;

// The strategy passes back the same object that it was given; its types declare an Express request.
const addressOf = (request: object): string => (request as PlainRequest).address;

const encodeSecret = (clientSecret: string | undefined): string =>
  encodeURIComponent(JSON.stringify(clientSecret ?? null));

const decodeSecret = (encoded: string): string | undefined =>
  (JSON.parse(decodeURIComponent(encoded)) as string | null) ?? undefined;

/**
 * Makes `verify` the check of Passport's Basic strategy. The detour is because the strategy splits at every colon,
 * accepts any scheme that contains "basic" and decodes loosely, and Passport modifies the request that it receives. It
 * therefore never receives Express's request, but a small plain one with the credentials that the strict reader found
 * in the header or the form, encoded so that the strategy cannot misread them. The secret is encoded as JSON, because the
 * strategy refuses empty passwords and does not know clients without a secret.
 */
export const throughPassport = (verify: Verify<ClientCredentials>): Verify<ClientCredentials | undefined> => {
  const passport = new Passport();
  passport.use(
    new BasicStrategy({ passReqToCallback: true }, (request, clientId, encodedSecret, done) => {
      verify({ clientId: decodeURIComponent(clientId), clientSecret: decodeSecret(encodedSecret) }, addressOf(request))
        .then((client) => done(null, client))
        .catch((thrown: unknown) => done(asError(thrown)));
    }),
  );

  return (credentials, address) =>
    new Promise((resolve, reject) => {
      const { clientId = '', clientSecret } = credentials ?? {};
      const pair = `${encodeURIComponent(clientId)}:${encodeSecret(clientSecret)}`;
      const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
      const request: PlainRequest = { headers: { authorization }, address };
      const finish = (error: unknown, client?: Client | false | null): void => {
        if (error) reject(asError(error));
        else if (client) resolve(client);
        else reject(unauthenticated());
      };
      const middleware = passport.authenticate('basic', { session: false }, finish) as PlainMiddleware;
      middleware(request, {}, reject);
    });
};
