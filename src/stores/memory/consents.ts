import type { Consent, ConsentChanged, ConsentStore } from '../../consents/consent-store';

/** Consents in the memory of this process. */
export class MemoryConsentStore implements ConsentStore {
  readonly #bySubject = new Map<string, Map<string, Consent>>();

  async list(subject: string): Promise<readonly Consent[]> {
    return [...(this.#bySubject.get(subject)?.values() ?? [])];
  }

  async find(subject: string, id: string): Promise<Consent | undefined> {
    return this.#bySubject.get(subject)?.get(id);
  }

  async change(
    subject: string,
    id: string,
    change: (before: Consent | undefined) => Consent,
    maxOfUser: number,
  ): Promise<ConsentChanged> {
    const own = this.#bySubject.get(subject) ?? new Map<string, Consent>();
    if (!own.has(id) && own.size >= maxOfUser) return 'limited';
    const changed = change(own.get(id));
    own.set(id, changed);
    this.#bySubject.set(subject, own);
    return changed;
  }

  async remove(subject: string, id: string): Promise<boolean> {
    const own = this.#bySubject.get(subject);
    const isRemoved = own?.delete(id) === true;
    if (own?.size === 0) this.#bySubject.delete(subject);
    return isRemoved;
  }

  async removeAllOf(subject: string): Promise<void> {
    this.#bySubject.delete(subject);
  }
}
