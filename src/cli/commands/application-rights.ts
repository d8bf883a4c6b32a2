import { planNameOf } from '../../directory/subscriptions';
import { GRANT_TYPES, type GrantType } from '../../protocol/grant-types';
import { required } from '../arguments';
import type { Command } from '../command';
import { Problem, WrongUse } from '../failure';
import { nearestOf } from '../nearest';
import { withGate, type OperatorGate } from '../operator-gate';
import { findApplication, refuseUnknownUser } from '../owner';
import { printable } from '../printed-table';
import { STORE_FLAGS } from '../store-flags';
import { REDIRECT_URI } from './application-client';
import { actionOn } from './applications';

const listIn = (text: string): readonly string[] => text.split(',').map((part) => part.trim());

const isGrantType = (name: string): name is GrantType => GRANT_TYPES.some((known) => known === name);

const readGrantTypes = (text: string): readonly GrantType[] => {
  const names = listIn(text);
  const known = names.filter(isGrantType);
  if (known.length === names.length) return known;
  throw new WrongUse(`--grant-types must be some of ${GRANT_TYPES.join(', ')}`);
};

/** Refuses the names of APIs that are not declared. */
export const checkApis = (opened: OperatorGate, names: readonly string[]): void => {
  const { apis } = opened;
  if (apis === undefined && names.length > 0) {
    throw new WrongUse('The names of APIs are in the options of the gates: add --config FILE or --options FILE');
  }
  const known = [...(apis?.keys() ?? [])];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Problem(`There is no API of this name${nearestOf(unknown, known)}`);
};

/** Refuses the name of a plan that the API does not have. */
export const checkPlan = ({ apis }: OperatorGate, api: string, plan: string | undefined): void => {
  const plans = apis?.get(api) ?? [];
  if (plan === undefined || plans.includes(plan)) return;
  throw new Problem(plans.length === 0 ? 'The API has no plans' : `The API has no such plan${nearestOf(plan, plans)}`);
};

export const applicationsCreate: Command = {
  words: ['applications', 'create'],
  argument: 'NAME',
  summary: 'Creates an application without keys. NAME is its display name; the output has its id.',
  flags: {
    owner: { value: 'USER', doc: 'full name of the user who owns it, whose organization it belongs to' },
    subscriptions: { value: 'API,…', doc: 'APIs that it may use, with --config or --options' },
    'grant-types': { value: 'TYPE,…', doc: 'grant types that it may use; default: all' },
    'redirect-uri': REDIRECT_URI,
    public: { doc: 'a public client, such as a browser or mobile app, whose keys have no secrets' },
    ...STORE_FLAGS,
  },
  run: async (run) => {
    const { values } = run;
    const { subscriptions = '', 'grant-types': types, 'redirect-uri': redirectUris } = values;
    const owner = required(values, 'owner');
    const apis = subscriptions === '' ? [] : listIn(subscriptions);
    const order = {
      name: run.argument,
      owner,
      subscriptions: apis,
      ...(types === undefined ? {} : { grantTypes: readGrantTypes(types) }),
      ...(redirectUris === undefined ? {} : { redirectUris: redirectUris.split(' ') }),
      public: values['public'] !== undefined,
    };
    return withGate(run, async (opened) => {
      checkApis(opened, apis);
      await refuseUnknownUser(opened, owner);
      const created = await opened.gate.directory.applications.create(order);
      opened.note(actionOn('create_application', created));
      const text = `The application ${printable(created.name)} is created. Its id, for generate-keys: ${created.id}`;
      return { json: { ...created, declared: false }, text };
    });
  },
};

export const findCreated = async (opened: OperatorGate, key: string) => {
  const application = await findApplication(opened, key);
  if (!application.declared) return application;
  throw new Problem(
    'The application is declared: change its subscriptions in the options and restart or reload the gates',
  );
};

/** The flags that name a subscription and its plan. */
export const SUBSCRIPTION_FLAGS = {
  api: { value: 'NAME', doc: 'name of the API' },
  plan: { value: 'NAME', doc: 'name of one of the plans of the API' },
} as const;

export const applicationsSubscribe: Command = {
  words: ['applications', 'subscribe'],
  argument: 'KEY',
  summary: 'Subscribes an application to an API, or changes the plan of its subscription.',
  notes: [
    'The names of APIs and plans are in the options of the gates, so it needs --config or --options. Without --plan a new',
    'subscription has the first plan of the API, and a present one keeps its own. Tokens stay valid.',
  ],
  flags: {
    ...SUBSCRIPTION_FLAGS,
    ...STORE_FLAGS,
  },
  run: async (run) => {
    const api = required(run.values, 'api');
    const { plan } = run.values;
    return withGate(run, async (opened) => {
      const { id, name, ...application } = await findCreated(opened, run.argument);
      checkApis(opened, [api]);
      checkPlan(opened, api, plan);
      const options = plan === undefined ? {} : { plan };
      const changed = await opened.gate.directory.applications.subscribe(id, api, options);
      const used = planNameOf(changed, api); // also of a subscription that has kept its plan
      const detail = used === undefined ? api : `${api} with the plan ${used}`;
      opened.note(actionOn('subscribe', { name, ...application }, { detail }));
      const text = `The application ${printable(name)} has subscribed to ${printable(detail)}`;
      return { json: { ...changed, declared: false }, text };
    });
  },
};

export const applicationsUnsubscribe: Command = {
  words: ['applications', 'unsubscribe'],
  argument: 'KEY',
  summary: 'Ends the subscription of an application to an API, and its access tokens.',
  notes: ['The next refresh grants the scopes that are left.'],
  flags: { api: { value: 'NAME', doc: 'name of the API' }, ...STORE_FLAGS },
  run: async (run) => {
    const api = required(run.values, 'api');
    return withGate(run, async (opened) => {
      const application = await findCreated(opened, run.argument);
      if (!application.subscriptions.includes(api)) {
        throw new Problem(`The application has no such subscription${nearestOf(api, application.subscriptions)}`);
      }
      const changed = await opened.gate.directory.applications.unsubscribe(application.id, api);
      opened.note(actionOn('unsubscribe', application, { detail: api }));
      const text = `The application ${printable(application.name)} no longer subscribes to ${printable(api)}`;
      return { json: { ...changed, declared: false }, text };
    });
  },
};

export const applicationsRemove: Command = {
  words: ['applications', 'remove'],
  argument: 'KEY',
  summary: 'Removes an application and its keys, and ends its tokens.',
  notes: [
    'KEY is any consumer key of the application, or its id. A declared application is removed only if no gate declares',
    'it any more; use applications disable otherwise.',
  ],
  flags: STORE_FLAGS,
  run: async (run) =>
    withGate(run, async (opened) => {
      const application = await findApplication(opened, run.argument);
      await opened.gate.directory.applications.remove(application.id);
      opened.note(actionOn('remove_application', application));
      const text = `The application ${printable(application.name)} is removed, and its tokens have ended`;
      return { json: { removed: { application: application.id } }, text };
    }),
};
