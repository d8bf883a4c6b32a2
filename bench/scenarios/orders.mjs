// The application, its users and its requests, with names of realistic length.
import { requestOf } from './keep-alive.mjs';

export const CLIENT = { id: 'PlxEXpZ8vYQ2mRk7wN4tHs9aBcDe', secret: 'a-secret-of-the-orders-application' };

export const PASSWORD = 'correct horse battery staple';

export const userName = (number) => `customer.${String(number).padStart(5, '0')}@example.com`;

const headers = {
  authorization: `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}`,
  'content-type': 'application/x-www-form-urlencoded',
};

const SCOPE = 'scope=orders%3Aread+orders%3Aupdate';

const post = (path, body) => requestOf({ method: 'POST', path, headers, body });

export const clientCredentials = () => post('/token', `grant_type=client_credentials&${SCOPE}`);

export const passwordGrant = (number) => {
  const user = `username=${encodeURIComponent(userName(number))}&password=${encodeURIComponent(PASSWORD)}`;
  return post('/token', `grant_type=password&${user}&${SCOPE}`);
};

export const revocation = (token) => post('/revoke', `token=${token}`);

export const authorizationOf = (token) => ({ authorization: `Bearer ${token}` });

export const guarded = (token) => requestOf({ path: '/guarded', headers: authorizationOf(token) });

/** Returns the access token of a response of the token endpoint. */
export const tokenIn = ({ status, body }) => {
  if (status !== 200) throw new Error(`The token endpoint answered ${status}: ${body}`);
  return JSON.parse(body).access_token;
};
