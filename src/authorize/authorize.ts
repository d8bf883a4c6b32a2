import type { RequestHandler } from 'express';
import type { Access } from '../access/access';
import type { Api } from '../access/api';
import type { Consents } from '../consents/consents';
import type { Directory } from '../directory/directory';
import type { FormReader } from '../endpoints/body';
import type { Emit } from '../events/emitter';
import type { Logger } from '../events/logger';
import type { ObservedRequests } from '../events/request-facts';
import type { SignInHook } from '../pages/sign-in-hook';
import { LanguageCookie } from '../pages/language-cookie';
import { IdCookie } from '../pages/session-cookie';
import { Visitors } from '../pages/visitors';
import { endpointAddress, type IssuerAddress } from '../protocol/metadata';
import type { Clock, Milliseconds } from '../protocol/time';
import type { Sessions } from '../sessions/sessions';
import { Transactions } from '../sessions/transactions';
import type { TransactionStore } from '../sessions/transaction-store';
import type { PageUser, ResourceOwners } from '../sign-in/resource-owners';
import type { FailureCounters, Limits } from '../throttle/failure-counters';
import { NetworkLimit } from '../throttle/network-limit';
import type { Codes } from '../tokens/codes';
import type { Revocation } from '../tokens/revocation';
import { AuthorizationEndpoint } from './authorization-endpoint';
import { Responses } from './authorization-response';
import { Authorizer } from './authorizer';
import { CodeIssuer } from './code-issuer';
import { HookedUsers } from './hooked-users';
import { AuthorizationRequests } from './requests';
import { createSignIn } from './sign-ins';
import { SessionUsers, type Users } from './users';

export interface AuthorizeServices extends Pick<Access, 'rules' | 'policy' | 'indicators'> {
  readonly issuer: IssuerAddress;
  readonly paths: { readonly authorize: string | false };
  readonly requireTls: boolean;
  readonly apis: ReadonlyMap<string, Api>;
  readonly directory: Directory;
  readonly owners: ResourceOwners;
  readonly userSource: 'directory' | 'function';
  readonly subjectOf: (user: string) => Promise<string>;
  readonly usersDeadline: Milliseconds;
  /** The sign-in of the host application, if it has one. */
  readonly authorization: { readonly signIn: SignInHook | undefined };
  readonly sessions: Sessions;
  readonly consents: Consents;
  readonly codes: Codes;
  readonly tokens: Pick<Revocation, 'revokeAccess'>;
  /** The stores that only this endpoint uses, and the counters. */
  readonly stores: { readonly transactions: TransactionStore; readonly failures: FailureCounters };
  readonly limits: Limits;
  /** False if failed sign-ins are not counted. */
  readonly throttled: boolean;
  /** Passes on each sign-in at the pages. */
  readonly pageSignIns: { readonly call: (user: PageUser) => void };
  readonly forms: FormReader;
  readonly observed: ObservedRequests;
  readonly emit: Emit;
  readonly logger: Logger;
  readonly clock: Clock;
}

const openRequests = (services: AuthorizeServices, browserCookie: IdCookie): AuthorizationRequests => {
  const { issuer, stores, limits, clock, emit, observed } = services;
  return new AuthorizationRequests({
    ...services,
    transactions: new Transactions(stores.transactions, clock),
    limit: new NetworkLimit({
      rule: 'authorizationsPerNetwork',
      counted: 'authorization requests',
      counters: stores.failures,
      maxPerHour: limits.authorizationsPerNetwork.failures,
      emit,
    }),
    responses: new Responses(issuer.text),
    browserCookie: (id) => browserCookie.write(id),
    onClient: (request, clientId) => observed.noteClient(request, clientId),
  });
};

const usersOf = (services: AuthorizeServices, visitors: Visitors, endpoint: string): Users => {
  const { signIn } = services.authorization;
  if (signIn === undefined) return new SessionUsers(visitors, services.clock);
  return new HookedUsers({ ...services, signIn, endpoint, issuerOrigin: services.issuer.origin });
};

/** Creates the authorization endpoint with its pages. It responds to every request. */
export const createAuthorizationEndpoint = (services: AuthorizeServices): RequestHandler => {
  const { issuer, paths, limits, throttled } = services;
  const path = paths.authorize || '';
  const address = endpointAddress(issuer, path);
  const sessionCookie = new IdCookie(issuer);
  const browserCookie = new IdCookie(issuer, 'scopegate-authorize');
  const visitors = new Visitors(services);
  const requests = openRequests(services, browserCookie);
  const users = usersOf(services, visitors, address);
  const authorizer = new Authorizer({ ...services, requests, users, codeIssuer: new CodeIssuer(services) });
  const signIn = createSignIn({
    authorizer,
    visitors,
    sessions: services.sessions,
    sessionCookie: (id) => sessionCookie.write(id),
    signInLimit: throttled ? limits.accountAndAddress : undefined,
    onSignIn: services.pageSignIns.call,
  });
  const { proceed, signInAsAnother, decide } = authorizer;
  const endpoint = new AuthorizationEndpoint({
    ...services,
    path,
    presentation: { mount: new URL(address).pathname, title: new URL(issuer.origin).host },
    sessionCookie,
    browserCookie,
    languageCookie: new LanguageCookie(issuer),
    requests,
    steps: { proceed, signInAsAnother, decide, ...(users instanceof SessionUsers ? { signIn } : {}) },
  });
  return (request, response) => {
    endpoint.serve(request, response).catch(() => response.destroy());
  };
};
