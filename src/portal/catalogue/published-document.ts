import type { PortalServices } from '../services';
import { DATA, isOwnReference, MAPS, REFERENCES } from './document-fields';

type Fields = Readonly<Record<string, unknown>>;

/** Addresses that replace those of a document, which may be internal. */
export type PublicAddresses = Pick<PortalServices, 'tokenUrl' | 'authorizeUrl'> & { readonly baseUrl: string };

/** Bounds of a published document: one that contains itself, or the same part many times, is not published. */
const MAX_VALUES = 100_000;
const MAX_DEPTH = 100;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Kind of a value: an object of OpenAPI, a map of names to such objects, or data. */
type Kind = 'object' | 'map' | 'data';

/** Copies a document without what only its author needs: extensions, servers, and references to other documents. */
class Publisher {
  #left = MAX_VALUES;

  /** @throws RangeError beyond the bounds */
  copy(value: unknown, kind: Kind, depth = 0): unknown {
    this.#left -= 1;
    if (this.#left < 0 || depth > MAX_DEPTH) throw new RangeError('the document is too large');
    if (value instanceof Date) return value.toISOString();
    if (Array.isArray(value)) {
      return Array.from(value, (item: unknown) => this.copy(item, kind === 'map' ? 'object' : kind, depth + 1) ?? null);
    }
    if (!isFields(value)) return typeof value === 'function' || typeof value === 'bigint' ? undefined : value;
    if (kind === 'object' && this.#leadsOut(value)) return {};
    const entries = Object.keys(value)
      .filter((name) => kind !== 'object' || !this.#isInternal(name, value[name]))
      .map((name) => [name, this.#field(kind, name, value[name], depth)] as const);
    return Object.fromEntries(entries);
  }

  #field(above: Kind, name: string, value: unknown, depth: number): unknown {
    const copied = this.copy(value, this.#kindOf(above, name, value), depth + 1);
    if (above !== 'object' || name !== 'mapping' || !isFields(copied)) return copied;
    return Object.fromEntries(Object.entries(copied).filter(([, target]) => isOwnReference(target)));
  }

  #isInternal(name: string, value: unknown): boolean {
    if (name.startsWith('x-') || name === 'servers' || name === 'server') return true;
    return REFERENCES.has(name) && !(typeof value === 'string' && value.startsWith('#'));
  }

  #leadsOut({ $ref: reference }: Fields): boolean {
    return typeof reference === 'string' && !reference.startsWith('#');
  }

  #kindOf(above: Kind, name: string, value: unknown): Kind {
    if (above === 'data') return 'data';
    if (above === 'map') return 'object';
    if (DATA.has(name)) return 'data';
    // In a schema `examples` is a list of values, elsewhere a map of objects.
    if (name === 'examples') return Array.isArray(value) ? 'data' : 'map';
    return MAPS.has(name) && isFields(value) ? 'map' : 'object';
  }
}

/** Replaces the addresses of a flow (OpenAPI 3.1 §4.8.29). */
const publishFlow = (flow: unknown, { tokenUrl, authorizeUrl }: PublicAddresses): unknown => {
  if (!isFields(flow)) return flow;
  return {
    ...flow,
    ...('tokenUrl' in flow && tokenUrl !== undefined ? { tokenUrl } : {}),
    ...('refreshUrl' in flow && tokenUrl !== undefined ? { refreshUrl: tokenUrl } : {}),
    ...('authorizationUrl' in flow && authorizeUrl !== undefined ? { authorizationUrl: authorizeUrl } : {}),
  };
};

const publishScheme = (scheme: unknown, addresses: PublicAddresses): unknown => {
  if (!isFields(scheme) || scheme['type'] !== 'oauth2' || !isFields(scheme['flows'])) return scheme;
  const flows = Object.entries(scheme['flows']).map(([name, flow]) => [name, publishFlow(flow, addresses)] as const);
  return { ...scheme, flows: Object.fromEntries(flows) };
};

const publishComponents = (components: unknown, addresses: PublicAddresses): unknown => {
  if (!isFields(components) || !isFields(components['securitySchemes'])) return components;
  const schemes = Object.entries(components['securitySchemes']).map(
    ([name, scheme]) => [name, publishScheme(scheme, addresses)] as const,
  );
  return { ...components, securitySchemes: Object.fromEntries(schemes) };
};

/**
 * Returns the document of an API as everyone may read it: without extensions (`x-…`), servers and references to other
 * documents, and with the public addresses. @returns `undefined` if it is too large or cannot be read
 */
export const publishDocument = (document: object, addresses: PublicAddresses): object | undefined => {
  try {
    const copy = new Publisher().copy(document, 'object') as Fields;
    const { openapi, info, components, ...rest } = copy;
    return {
      openapi,
      info,
      servers: [{ url: addresses.baseUrl }],
      ...rest,
      ...(components === undefined ? {} : { components: publishComponents(components, addresses) }),
    };
  } catch {
    return undefined;
  }
};
