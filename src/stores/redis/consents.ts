import type { Consent, ConsentChanged, ConsentStore } from '../../consents/consent-store';
import type { Fields } from '../../protocol/checks';
import { StoreUnavailableError } from '../../protocol/errors';
import type { Milliseconds } from '../../protocol/time';
import type { RedisConnection } from './connection';
import { changeConsent, listConsents } from './consent-scripts';
import { toCount } from './counts';
import { isListOfTexts, parseJson } from './json';
import type { Keys } from './keys';
import { membersOf } from './replies';

const KEPT_FOR_MS: Milliseconds = 365 * 86_400_000;

const MAX_ATTEMPTS = 100;

/** Reads a consent that `change` has written; `undefined` for any other value. */
const consentOf = (id: string, value: unknown): Consent | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id: ownId, applicationId, resources, asked, granted, grantedAt } = value as Fields;
  if (ownId !== id || typeof applicationId !== 'string' || typeof grantedAt !== 'number') return undefined;
  if (!isListOfTexts(resources) || !isListOfTexts(asked) || !isListOfTexts(granted)) return undefined;
  return { id, applicationId, resources, asked, granted, grantedAt };
};

/** Consents in Redis: a hash for each user, with each consent as JSON in a field. */
export class RedisConsentStore implements ConsentStore {
  readonly #redis: RedisConnection;
  readonly #keys: Keys;

  constructor(redis: RedisConnection, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  async list(subject: string): Promise<readonly Consent[]> {
    const members = membersOf(await this.#redis.run(listConsents, [this.#keys.consentsOf(subject)], []));
    const consents: Consent[] = [];
    for (let place = 0; place < members.length; place += 2) {
      const consent = this.#read(String(members[place]), members[place + 1]);
      if (consent !== undefined) consents.push(consent);
    }
    return consents;
  }

  async find(subject: string, id: string): Promise<Consent | undefined> {
    const text = await this.#textOf(subject, id);
    return text === undefined ? undefined : this.#read(id, text);
  }

  async change(
    subject: string,
    id: string,
    change: (before: Consent | undefined) => Consent,
    maxOfUser: number,
  ): Promise<ConsentChanged> {
    const keys = [this.#keys.consentsOf(subject)];
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const text = await this.#textOf(subject, id);
      const changed = change(text === undefined ? undefined : this.#read(id, text));
      const args = [id, text ?? '', JSON.stringify(changed), toCount(maxOfUser), KEPT_FOR_MS];
      const reply = await this.#redis.run(changeConsent, keys, args);
      if (reply === 'limited') return 'limited';
      if (reply === 'changed') return changed;
    }
    throw new StoreUnavailableError('contended');
  }

  async remove(subject: string, id: string): Promise<boolean> {
    return (await this.#redis.command('hdel', this.#keys.consentsOf(subject), id)) === 1;
  }

  async removeAllOf(subject: string): Promise<void> {
    await this.#redis.command('del', this.#keys.consentsOf(subject));
  }

  async #textOf(subject: string, id: string): Promise<string | undefined> {
    const text = await this.#redis.command('hget', this.#keys.consentsOf(subject), id);
    return typeof text === 'string' ? text : undefined;
  }

  #read(id: string, text: unknown): Consent | undefined {
    const consent = typeof text === 'string' ? consentOf(id, parseJson(text)) : undefined;
    if (consent === undefined) this.#redis.logForeignValue();
    return consent;
  }
}
