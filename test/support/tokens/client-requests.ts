import { expectCleanAnswer } from '../expect/clean-answer';
import { valuesOf } from '../http/raw-http';
import { basicHeader, FORM_TYPE, PASSWORD_FORM, type ServedGate } from './token-requests';
import type { TokenForm } from './forms';

export type RawAnswer = Awaited<ReturnType<ServedGate['post']>>;

export interface ClientRequests {
  /** Asks for a token with these Authorization lines. */
  ask(authorization: readonly string[], form?: TokenForm): Promise<RawAnswer>;
  /** With these Basic credentials, of which nothing is encoded but the base64. */
  askWith(credentials: string | Uint8Array, form?: TokenForm): Promise<RawAnswer>;
  /** With credentials in the body. */
  askByBody(clientId: string, clientSecret?: string): Promise<RawAnswer>;
}

/** John's sign-ins by clients who authenticate in all ways that there are. */
export const clientRequests = ({ post }: Pick<ServedGate, 'post'>): ClientRequests => {
  const ask: ClientRequests['ask'] = (authorization, form = PASSWORD_FORM) =>
    post(form, { headers: [FORM_TYPE, ...authorization] });
  return {
    ask,
    askWith: (credentials, form) => ask([basicHeader(credentials)], form),
    askByBody: (clientId, clientSecret) =>
      ask([], {
        ...PASSWORD_FORM,
        client_id: clientId,
        ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
      }),
  };
};

export const expectToken = (answer: RawAnswer): void => {
  expect(expectCleanAnswer(answer, { status: 200 })).toHaveProperty('access_token');
};

export const expectMalformed = (answer: RawAnswer): void => {
  expectCleanAnswer(answer, { status: 400, error: 'invalid_request', without: ['access_token'] });
};

export const expectUnauthenticated = (answer: RawAnswer): void => {
  expectCleanAnswer(answer, { status: 401, error: 'invalid_client' });
  expect(valuesOf(answer, 'www-authenticate')).toEqual(['Basic realm="127.0.0.1", charset="UTF-8"']);
};

/** All by which a client can distinguish responses, except for the time. */
export const visibleParts = ({ status, headers, body }: RawAnswer): readonly unknown[] => [
  status,
  headers.filter(([name]) => name !== 'Date'),
  body,
];
