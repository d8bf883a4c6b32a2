import { DirectoryError } from '../protocol/errors';
import { GRANT_TYPES, type GrantType } from '../protocol/grant-types';
import { printValue } from '../protocol/printed-value';
import { changeAndEndAccess, checkId, type ApplicationServices } from './application-changes';
import { infoOf, type ApplicationInfo } from './application-info';
import type { Application } from './records';
import { withoutRequest } from './subscription-requests';
import { plansField, readPlanName, type Subscription } from './subscriptions';
import { checkKey, readCall } from './values';

export interface SubscribeOptions {
  /** One of the plans of the API. @default that of the present subscription, or the first plan of the API */
  readonly plan?: string;
}

/** The rights of applications. */
export interface ApplicationRights {
  /**
   * Subscribes the application to an API, or changes the plan of a subscription. Live tokens stay valid, and their
   * requests are counted against the new plan. A request for the API is removed.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` for an API or a plan that is not declared
   */
  subscribe(id: string, api: string, options?: SubscribeOptions): Promise<ApplicationInfo>;
  /**
   * Changes the plan of a subscription. Unlike `subscribe` it never subscribes, so a concurrent `unsubscribe` keeps its
   * effect.
   * @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` if the application does not subscribe to the API,
   *   `ERR_SCOPEGATE_VALUE` for an API or a plan that is not declared
   */
  changePlan(id: string, api: string, plan: string): Promise<ApplicationInfo>;
  /** Ends the access tokens of the application. A request for the API is removed. */
  unsubscribe(id: string, api: string): Promise<ApplicationInfo>;
  /**
   * Sets the scopes that it may request at most; if omitted, removes its list. Ends its access tokens; the next refresh
   * grants the scopes that remain.
   * @throws DirectoryError `ERR_SCOPEGATE_VALUE` for a scope that is not declared
   */
  setScopes(id: string, scopes?: readonly string[]): Promise<ApplicationInfo>;
  /** Sets the grant types that it may use; if omitted, all that the gate offers. Live tokens stay valid. */
  setGrantTypes(id: string, grantTypes?: readonly GrantType[]): Promise<ApplicationInfo>;
}

/** Returns the application with a subscription. What was requested for the API is decided by that. */
export const subscribedTo = (application: Application, { api, plan }: Subscription): Application => ({
  ...withoutRequest(application, api),
  subscriptions: [...new Set([...application.subscriptions, api])],
  ...(plan === undefined ? {} : { plans: { ...application.plans, [api]: plan } }),
});

/** @throws DirectoryError `ERR_SCOPEGATE_NOT_FOUND` without a subscription to the API */
const withPlan = (application: Application, subscription: Required<Subscription>): Application => {
  if (application.subscriptions.includes(subscription.api)) return subscribedTo(application, subscription);
  throw new DirectoryError(
    'ERR_SCOPEGATE_NOT_FOUND',
    `the application does not subscribe to the API ${printValue(subscription.api)}`,
  );
};

const unsubscribedFrom = ({ plans = {}, ...application }: Application, api: string): Application => ({
  ...withoutRequest(application, api),
  subscriptions: application.subscriptions.filter((subscription) => subscription !== api),
  ...plansField(Object.entries(plans).filter(([name]) => name !== api)),
});

const withScopes = ({ scopes: _before, ...rest }: Application, scopes: Application['scopes']): Application => ({
  ...rest,
  ...(scopes === undefined ? {} : { scopes }),
});

const withGrantTypes = (
  { grantTypes: _before, ...rest }: Application,
  grantTypes: Application['grantTypes'],
): Application => ({ ...rest, ...(grantTypes === undefined ? {} : { grantTypes }) });

export const createApplicationRights = (services: ApplicationServices): ApplicationRights => {
  const { applications } = services.directory;
  const [knownScopes, knownApis] = [[...services.scopes], [...services.apis.keys()]];

  return {
    subscribe: async (id, given, options) => {
      const subscription = readCall((checks): Subscription | undefined => {
        const api = checks.oneOf(given ?? null, ['api'], knownApis);
        const fields = checks.fields(options, [], ['plan']);
        const plan = readPlanName(checks, fields?.['plan'], ['plan'], services.apis, api);
        return api === undefined ? undefined : { api, ...(plan === undefined ? {} : { plan }) };
      });
      return infoOf(await applications.change(checkId(id), (application) => subscribedTo(application, subscription)));
    },
    changePlan: async (id, given, givenPlan) => {
      const subscription = readCall((checks): Required<Subscription> | undefined => {
        const api = checks.oneOf(given ?? null, ['api'], knownApis);
        const plan = readPlanName(checks, givenPlan ?? null, ['plan'], services.apis, api);
        return api === undefined || plan === undefined ? undefined : { api, plan };
      });
      return infoOf(await applications.change(checkId(id), (application) => withPlan(application, subscription)));
    },
    unsubscribe: async (id, api) => {
      checkKey(api, 'api');
      const change = (application: Application) => unsubscribedFrom(application, api);
      return infoOf(await changeAndEndAccess(services, id, { change, because: 'unsubscribed' }));
    },
    setScopes: async (id, scopes) => {
      const { checked } = readCall((checks) => ({ checked: checks.someOf(scopes, ['scopes'], knownScopes) }));
      const change = (application: Application) => withScopes(application, checked);
      // Even if this seems to allow more: a list also grants scopes that need a role or that no API needs, and the
      // repeat of a call that failed halfway has to end the tokens.
      return infoOf(await changeAndEndAccess(services, id, { change, because: 'scopes' }));
    },
    setGrantTypes: async (id, grantTypes) => {
      const { checked } = readCall((checks) => ({ checked: checks.someOf(grantTypes, ['grantTypes'], GRANT_TYPES) }));
      return infoOf(await applications.change(checkId(id), (application) => withGrantTypes(application, checked)));
    },
  };
};
