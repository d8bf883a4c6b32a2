import type { Environment } from '../../tokens/records';
import type { OwnApplication } from '../application/own-applications';
import { CONSUMER_KEY, CONSUMER_SECRET, type Field, type TokenRequest } from './request';

/** A key for which snippets are written. */
export interface SnippetKey {
  readonly application: OwnApplication;
  readonly environment: Environment;
  readonly clientId: string;
}

/** Requests of a key to the token endpoint. */
export class TokenRequests {
  readonly #key: SnippetKey;
  readonly #url: string;

  constructor(key: SnippetKey, url: string) {
    this.#key = key;
    this.#url = url;
  }

  of(fields: readonly Field[]): TokenRequest {
    const { application, clientId } = this.#key;
    if (application.public) return { url: this.#url, isBasic: false, fields: [...fields, ['client_id', clientId]] };
    // Basic needs an encoding of unusual characters (RFC 6749 §2.3.1), which a declared secret may have too.
    const isBasic = /^[\w.~-]+$/.test(clientId) && !application.isDeclared;
    const credentials: readonly Field[] = [
      ['client_id', CONSUMER_KEY],
      ['client_secret', CONSUMER_SECRET],
    ];
    return { url: this.#url, isBasic, fields: isBasic ? fields : [...fields, ...credentials] };
  }
}
