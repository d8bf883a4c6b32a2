import type { PortalOptions } from 'scopegate';
import { contextsIn, isAtOrBelow } from './contexts';
import { authorizePath, endpointPaths } from './endpoints';
import type { Faults, Path } from './fault';
import { isMap, readFields, type Fields } from './fields';
import { LOOK_KEYS, readLook } from './portal-look';
import { readSignUp } from './sign-up';

/** The portal: its path, and its options. */
export interface Portal {
  readonly path: string;
  readonly options: PortalOptions;
}

const PORTAL_KEYS = ['path', 'signUp', 'public', 'title', 'publicPath', 'apiUrl', 'language', ...LOOK_KEYS];

const PATH_RULE = 'must be a path such as /store, without a slash at its end';

/** Refuses overlapping paths: a request would reach only one of the two, and both would share cookies and pages. */
const refuseNeighbours = (faults: Faults, path: string, key: Path, options: Fields): void => {
  for (const [name, context] of contextsIn(options['apis'])) {
    if (!isAtOrBelow(path, context) && !isAtOrBelow(context, path)) continue;
    faults.add(key, `must not be, contain or be inside the context of an API; that of "${name}" is ${context}`);
  }
  for (const endpoint of endpointPaths(options)) {
    if (isAtOrBelow(endpoint, path)) faults.add(key, `must not be or contain the path of an endpoint: ${endpoint}`);
  }
  const pages = authorizePath(options);
  if (pages !== undefined && path.startsWith(`${pages}/`)) {
    faults.add(key, `must not be below ${pages}, where the authorization endpoint has its pages`);
  }
  if (path.startsWith('/.well-known/')) faults.add(key, 'must not be below /.well-known, which is reserved (RFC 8615)');
};

const readPath = (faults: Faults, path: unknown, key: Path, options: Fields): string | undefined => {
  if (path === undefined) return faults.add(key, `is missing: it ${PATH_RULE}`);
  if (typeof path !== 'string' || !/^(?:\/[A-Za-z0-9._~-]+)+$/.test(path)) return faults.add(key, PATH_RULE);
  if (/\/\.\.?(?:\/|$)/.test(path)) return faults.add(key, 'must not have dot segments');
  refuseNeighbours(faults, path, key, options);
  return path;
};

const PUBLIC_PATH = /^(?:\/|(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+)$/;

const API_URL = /^https?:\/\/[A-Za-z0-9.[\]:-]+(?:\/[A-Za-z0-9._~-]+)*\/?$/;

/** Reads an optional text and reports one that is not valid. */
const readText = (faults: Faults, fields: Fields, key: string, isValid: (text: string) => boolean, rule: string) => {
  const value = fields[key];
  if (value === undefined) return {};
  if (typeof value === 'string' && isValid(value)) return { [key]: value };
  faults.add(['portal', key], `must be ${rule}`);
  return {};
};

const readAddresses = (faults: Faults, fields: Fields): Pick<PortalOptions, 'publicPath' | 'apiUrl'> => ({
  ...readText(
    faults,
    fields,
    'publicPath',
    (text) => PUBLIC_PATH.test(text),
    'a path such as /gw/store, without a slash at its end, or / for the root of a host',
  ),
  ...readText(
    faults,
    fields,
    'apiUrl',
    (text) => API_URL.test(text) && URL.canParse(text),
    'an http or https address such as https://api.example.com, without query and credentials',
  ),
});

const LANGUAGES = ['en', 'de'] as const satisfies readonly PortalOptions['language'][];

const readLanguage = (faults: Faults, fields: Fields): Pick<PortalOptions, 'language'> => {
  const { language } = fields;
  if (language === undefined) return {};
  const found = LANGUAGES.find((tag) => tag === language);
  if (found !== undefined) return { language: found };
  faults.add(['portal', 'language'], `must be ${LANGUAGES.join(' or ')}; leave it out for the user's choice`);
  return {};
};

const readOptions = (faults: Faults, fields: Fields, options: Fields): PortalOptions => {
  const { title } = fields;
  const signUp = readSignUp(faults, fields['signUp'], options);
  const isPublic = fields['public'];
  if (isPublic !== undefined && typeof isPublic !== 'boolean') {
    faults.add(['portal', 'public'], 'must be true or false');
  }
  const isTitle = title === undefined || (typeof title === 'string' && /^[^\p{Cc}]{1,100}$/u.test(title));
  if (!isTitle) faults.add(['portal', 'title'], 'must be a string of 1 to 100 characters');
  return {
    ...(signUp === undefined ? {} : { signUp }),
    ...(typeof isPublic === 'boolean' ? { public: isPublic } : {}),
    ...(isTitle && title !== undefined ? { title } : {}),
    ...readAddresses(faults, fields),
    ...readLanguage(faults, fields),
  };
};

/** The file that is read. */
export interface PortalSource {
  /** Path of the YAML file. */
  readonly file: string;
  /** The options of scopegate from the same file. */
  readonly options: Fields;
}

/** Reads `portal`, a path or a map; left out: no portal. */
export const readPortal = (faults: Faults, value: unknown, { file, options }: PortalSource): Portal | undefined => {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' && !isMap(value)) {
    return faults.add(
      ['portal'],
      `must be a path such as /store, or a map; known keys are ${PORTAL_KEYS.join(', ')}; leave it out for no portal`,
    );
  }
  const fields = isMap(value) ? readFields(faults, value, ['portal'], PORTAL_KEYS) : { path: value };
  const path = readPath(faults, fields['path'], isMap(value) ? ['portal', 'path'] : ['portal'], options);
  const portalOptions = {
    ...readOptions(faults, fields, options),
    ...readLook(faults, isMap(value) ? value : {}, file),
  };
  return path === undefined ? undefined : { path, options: portalOptions };
};
