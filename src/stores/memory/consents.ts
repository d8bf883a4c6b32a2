import type { Consent, ConsentPut, ConsentStore } from '../../consents/consent-store';

/** Consents in the memory of this process. */
export class MemoryConsentStore implements ConsentStore {
  readonly #bySubject = new Map<string, Map<string, Consent>>();

  async list(subject: string): Promise<readonly Consent[]> {
    return [...(this.#bySubject.get(subject)?.values() ?? [])];
  }

  async put(subject: string, consent: Consent, maxOfUser: number): Promise<ConsentPut> {
    const own = this.#bySubject.get(subject) ?? new Map<string, Consent>();
    if (!own.has(consent.id) && own.size >= maxOfUser) return 'limited';
    own.set(consent.id, consent);
    this.#bySubject.set(subject, own);
    return 'stored';
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
