import type { Api } from '../../access/api';
import type { PortalServices } from '../services';
import { generateDocument } from './generated-document';
import { publishDocument } from './published-document';

type Services = Pick<PortalServices, 'issuer' | 'tokenUrl' | 'authorizeUrl' | 'rules'>;

/**
 * The OpenAPI documents of APIs, as downloads. Each is made once: a large one takes long enough to delay other requests, and
 * a public catalogue is open to everyone.
 */
export class ApiDocuments {
  readonly #services: Services;
  readonly #texts = new Map<string, string>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Returns the declared document without internal parts, or a generated one. */
  textOf(api: Api): string {
    const known = this.#texts.get(api.name);
    if (known !== undefined) return known;
    const text = this.#print(api);
    this.#texts.set(api.name, text);
    return text;
  }

  #print(api: Api): string {
    const { issuer, tokenUrl, authorizeUrl } = this.#services;
    const addresses = { baseUrl: issuer.origin + api.context, tokenUrl, authorizeUrl };
    const { document } = api.documentation;
    const published = document && publishDocument(document, addresses);
    return `${JSON.stringify(published ?? generateDocument(api, addresses, this.#services), null, 2)}\n`;
  }
}
