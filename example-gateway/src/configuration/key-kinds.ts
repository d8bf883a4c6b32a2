import type {
  ApiDeclaration,
  ApplicationDeclaration,
  CorsOptions,
  OrganizationDeclaration,
  ResourceDeclaration,
  ScopeDeclaration,
  ScopegateOptions,
  UserDeclaration,
} from 'scopegate';
import type { Path } from './fault';

/** The keys of the file that are not options of scopegate or that the gateway interprets itself. */
export const OWN_KEYS = [
  'listen',
  'redis',
  'metrics',
  'portal',
  'trustProxy',
  'headers',
  'log',
  'shutdown',
  'workers',
] as const;

/** The kind of value that a key takes: text only, text or a boolean, or any YAML value. */
type Kind = 'text' | 'text or switch' | 'value';

/** The kind of a key and of the keys below it. All keys below a `Kind` have that kind. */
type Shape =
  | Kind
  | { readonly each: Shape }
  /** `kind`: the key also takes a single value of that kind in place of a map. @default none */
  | { readonly keys: Readonly<Record<string, Shape>>; readonly kind?: Kind };

/** The keys of `T` that accept more than a string or a list of strings. */
type NotText<T> = {
  [K in keyof T]-?: Exclude<T[K], undefined> extends string | readonly string[] ? never : K;
}[keyof T];

/** A map whose unnamed keys take text. The compiler requires every key of another kind to be named. */
const keysOf = <T>(keys: Readonly<Record<NotText<T>, Shape>>): Shape => ({ keys });

const servers: Shape = { each: { keys: { port: 'value' } } };

const allowance: Shape = { keys: { requests: 'value', per: 'value', burst: 'value' } };

const resource = keysOf<ResourceDeclaration>({ public: 'value', limit: allowance });

const shapes: Readonly<Record<keyof ScopegateOptions | (typeof OWN_KEYS)[number], Shape>> = {
  listen: { keys: { port: 'value' } },
  log: { keys: { access: 'value' } },
  redis: {
    kind: 'text',
    keys: { sentinels: servers, cluster: servers, db: 'value', tls: { kind: 'value', keys: {} } },
  },
  memory: 'value',
  redisMayEvict: 'value',
  metrics: { keys: { port: 'value' } },
  portal: {
    keys: { public: 'value', signUp: { kind: 'value', keys: { organizations: 'text', approval: 'value' } } },
  },
  trustProxy: 'value',
  headers: 'text',
  shutdown: 'value',
  workers: 'value',
  issuer: 'text',
  scopes: { each: keysOf<ScopeDeclaration>({ recheckRoles: 'value' }) },
  plans: { each: allowance },
  // In the file, `sandbox` is an address or a list of them.
  apis: {
    each: keysOf<ApiDeclaration & { timeouts: object }>({
      sandbox: 'text',
      lifecycle: { kind: 'text', keys: {} },
      websocket: 'value',
      approval: 'value',
      timeouts: 'value',
      resources: { each: resource },
      openapi: 'text',
    }),
  },
  users: { each: keysOf<UserDeclaration>({}) },
  organizations: { each: keysOf<OrganizationDeclaration>({}) },
  applications: {
    each: keysOf<ApplicationDeclaration>({
      public: 'value',
      consent: 'value',
      introspect: 'value',
      sandbox: 'text',
      // The name of an API, or a map of texts.
      subscriptions: { each: { kind: 'text', keys: {} } },
    }),
  },
  tokens: 'value',
  paths: 'text or switch',
  authorization: 'value',
  realm: 'text',
  prefix: 'text',
  deadline: 'value',
  usersDeadline: 'value',
  cache: 'value',
  errors: 'text',
  ungrantedScopes: 'text',
  scopesWithoutRoleCheck: 'text',
  cors: {
    kind: 'value',
    keys: { credentials: 'value', maxAge: 'value' } satisfies Readonly<Record<NotText<CorsOptions>, Shape>>,
  },
  usage: 'value',
  requireTls: 'value',
  passwords: 'value',
  passwordGrant: 'text',
  throttle: 'value',
  limits: 'value',
  logger: 'value',
  clock: 'value',
};

const below = (shape: Shape, step: string | number): Shape => {
  if (typeof shape === 'string') return shape;
  if ('each' in shape) return shape.each;
  return (Object.hasOwn(shape.keys, step) ? shape.keys[step] : undefined) ?? 'text';
};

const shapeOf = ([section, ...rest]: Path): Shape => {
  if (section === undefined || !Object.hasOwn(shapes, section)) return 'value';
  return rest.reduce(below, shapes[section as keyof typeof shapes]);
};

const kindOf = (path: Path): Kind | undefined => {
  const shape = shapeOf(path);
  if (typeof shape === 'string') return shape;
  return 'kind' in shape ? shape.kind : undefined;
};

/** Checks whether a key accepts only text. */
export const takesText = (path: Path): boolean => kindOf(path) === 'text';

/** Converts a string from the environment to the key's kind, because environment variables have no types. */
export const convertText = (text: string, path: Path): string | number | boolean => {
  const kind = kindOf(path);
  if (kind !== 'value' && kind !== 'text or switch') return text;
  if (text === 'true' || text === 'false') return text === 'true';
  return kind === 'value' && /^\d{1,15}$/.test(text) ? Number(text) : text;
};
