import type { ImportedApi, ImportedApplication, ImportedUser } from '../imported-gateway';
import { label } from '../names';
import type { ImportReport } from '../report';
import type { SourceNode } from '../source-node';

const GRANT_TYPES = ['password', 'refresh_token', 'client_credentials', 'authorization_code'];
const CONSUMER_KEY = /^[\x21-\x39\x3B-\x7E]{1,128}$/;
const OWNER = /^[^\p{C}\p{Z}]{1,200}$/u;

/** The names of the imported APIs, by their name and version in the source. */
export type ApiNamesBySource = ReadonlyMap<string, readonly string[]>;

interface Keys {
  readonly node: SourceNode;
  readonly consumerKey: string | undefined;
  readonly grantTypes: readonly string[];
  readonly callbacks: readonly string[];
}

const readKeys = (info: SourceNode, type: string): Keys | undefined => {
  const node = info
    .get('keys')
    .items()
    .find((keys) => keys.map().get('keyType').text()?.toUpperCase() === type);
  if (node === undefined) return undefined;
  node.ignore(...node.keys());
  return {
    node,
    consumerKey: node.get('consumerKey').text(),
    grantTypes: node.get('supportedGrantTypes').texts(),
    callbacks: node
      .get('callbackUrl')
      .texts()
      .filter((url) => url !== ''),
  };
};

const isRedirectUri = (uri: string): boolean =>
  /^https:\/\/[^\s#*]+$/.test(uri) || /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?(?:\/[^\s#*]*)?$/.test(uri);

/** Reads applications, each with the user that owns it. */
export class Wso2Applications {
  readonly #report: ImportReport;
  readonly #apis: Readonly<Record<string, ImportedApi>>;
  readonly #names: ApiNamesBySource;
  readonly #keys = new Set<string>();
  readonly users = new Map<string, ImportedUser>();
  readonly all: ImportedApplication[] = [];

  constructor(report: ImportReport, apis: Readonly<Record<string, ImportedApi>>, names: ApiNamesBySource) {
    this.#report = report;
    this.#apis = apis;
    this.#names = names;
  }

  add(document: SourceNode): void {
    const info = document.get('applicationInfo').map();
    const name = label(info.get('name').text(), 200) ?? 'Application';
    info.ignore(
      'applicationId',
      'description',
      'status',
      'groups',
      'subscriptionCount',
      'hashEnabled',
      'attributes',
      'subscriptionScopes',
    );
    const owner = this.#readOwner(info.get('owner'));
    const production = readKeys(info, 'PRODUCTION');
    const sandbox = readKeys(info, 'SANDBOX');
    const policy = info.get('throttlingPolicy');
    if (policy.isPresent && policy.text() !== 'Unlimited') {
      this.#report.gap(policy, 'Applications have no limit of their own', 'Write plans for their subscriptions');
    }
    if (info.get('tokenType').text()?.toUpperCase() === 'JWT') {
      this.#report.gap(
        info.get('tokenType'),
        'Tokens are not JWTs',
        'Upstreams read X-Authenticated-*; other servers use /introspect',
      );
    }
    const uris = [production, sandbox].flatMap((keys) => this.#readRedirectUris(keys));
    const grantTypes = this.#readGrantTypes(production ?? sandbox, uris.length > 0);
    this.all.push({
      name,
      ...(owner === undefined ? {} : { owner }),
      ...this.#pairOf(production, name, 'production'),
      ...(sandbox === undefined ? {} : { sandbox: this.#pairOf(sandbox, name, 'sandbox') }),
      ...(grantTypes.length === 0 ? {} : { grantTypes }),
      ...(uris.length === 0 ? {} : { redirectUris: [...new Set(uris)].slice(0, 20) }),
      subscriptions: this.#readSubscriptions(document.get('subscribedAPIs')),
    });
    this.#report.take(info, `applications: ${name}`);
  }

  #readOwner(node: SourceNode): string | undefined {
    const owner = node
      .text()
      ?.replace(/@carbon\.super$/, '')
      .toLowerCase();
    if (owner === undefined || !OWNER.test(owner)) return undefined;
    if (!this.users.has(owner)) {
      const password = this.#report.variable(`password of ${owner}`, `A password for the user ${owner}`);
      this.users.set(owner, { username: owner, password });
      this.#report.gap(
        node,
        'Passwords and roles of users are not in the export',
        'Set the password in the environment variable, and roles in users',
      );
    }
    return owner;
  }

  #pairOf(keys: Keys | undefined, name: string, environment: string) {
    const known = keys?.consumerKey;
    const isUsable = known !== undefined && CONSUMER_KEY.test(known) && !known.includes('${') && !this.#keys.has(known);
    if (isUsable) this.#keys.add(known);
    else if (keys !== undefined)
      this.#report.gap(keys.node, 'The consumer key is not possible here', 'Set a new one in the environment variable');
    const consumerKey = isUsable
      ? known
      : this.#report.variable(
          `${name} ${environment} key`,
          `A consumer key for ${name} (${environment})`,
          `example-${this.all.length}-${environment}`,
        );
    const consumerSecret = this.#report.variable(
      `${name} ${environment} secret`,
      `The consumer secret of ${name} (${environment})`,
    );
    return { consumerKey, consumerSecret };
  }

  #readRedirectUris(keys: Keys | undefined): readonly string[] {
    if (keys === undefined) return [];
    const valid = keys.callbacks.filter((uri) => isRedirectUri(uri) && !uri.includes('${'));
    if (valid.length < keys.callbacks.length) {
      this.#report.gap(
        keys.node.get('callbackUrl'),
        'Redirect URIs are exact, with https or a loopback host',
        'List them in redirectUris',
      );
    }
    return valid;
  }

  #readGrantTypes(keys: Keys | undefined, hasRedirectUris: boolean): readonly string[] {
    if (keys === undefined) return [];
    const usable = GRANT_TYPES.filter((type) => type !== 'authorization_code' || hasRedirectUris);
    const others = keys.grantTypes.filter((type) => !usable.includes(type));
    if (others.length > 0) {
      const problem = `Grant types that are not possible: ${others.join(', ')}`;
      this.#report.gap(keys.node.get('supportedGrantTypes'), problem, 'Use authorization_code, with redirectUris');
    }
    return usable.filter((type) => keys.grantTypes.includes(type));
  }

  #readSubscriptions(node: SourceNode): ImportedApplication['subscriptions'] {
    const subscriptions = new Map<string, ImportedApplication['subscriptions'][number]>();
    for (const entry of node.items()) {
      const api = entry.map().getOne('apiId', 'apiIdentifier').map();
      entry.ignore(...entry.keys());
      api.ignore(...api.keys());
      const key = `${api.get('apiName').text() ?? ''}\0${api.get('version').text() ?? ''}`;
      const plan = entry.getOne('throttlingPolicy', 'tier');
      const planName = typeof plan.value === 'object' && plan.value !== null ? plan.peek('name').text() : plan.text();
      const names = this.#names.get(key) ?? [];
      if (names.length === 0) {
        this.#report.gap(
          entry,
          'The application subscribes to an API that is not in the export',
          'Import it as well, and add it to subscriptions',
        );
      }
      for (const name of names) {
        const plans = this.#apis[name]?.plans ?? [];
        const isPlan = planName !== undefined && plans.includes(planName);
        subscriptions.set(name, isPlan && plans[0] !== planName ? { api: name, plan: planName } : name);
      }
    }
    return [...subscriptions.values()];
  }
}
