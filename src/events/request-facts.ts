import type { EndpointName } from '../protocol/endpoints';

/** The part of a gate that handled a request. */
export type RequestPlace = 'guard' | 'portal' | EndpointName;

/**
 * Facts about one request, for access logs, metrics and traces. All values except `clientId` are from lists that the
 * options bound, and none is text of the request.
 */
export interface RequestFacts {
  /** Absent if the request reached no part of the gate. */
  readonly place?: RequestPlace;
  /** The API whose guard handled the request. */
  readonly api?: string;
  /** The path template of the resource as declared, such as `/:id`, without the context. Absent if none matches. */
  readonly resource?: string;
  /** The client that has authenticated or whose live token was sent, even if the request was refused. */
  readonly clientId?: string;
  /** The reason of a refusal, as in `deny` events. Absent if the request was not refused. */
  readonly reason?: string;
}

type WritableFacts = { -readonly [K in keyof RequestFacts]: RequestFacts[K] };

/** The requests that the host application observes. Without any, a guard only reads one field. */
export class ObservedRequests {
  readonly #facts = new WeakMap<object, WritableFacts>();
  #isUsed = false;

  /** Returns the facts of a request, which are filled in from now on: the same object for the same request. */
  observe(request: object): RequestFacts {
    this.#isUsed = true;
    const known = this.#facts.get(request);
    if (known !== undefined) return known;
    const facts: WritableFacts = {};
    this.#facts.set(request, facts);
    return facts;
  }

  /** Adds facts about a request if it is observed. */
  note(request: object, added: RequestFacts): void {
    if (this.#isUsed) Object.assign(this.#facts.get(request) ?? {}, added);
  }

  /** Adds the client of a request if it is observed. Creates no object, because it is called for every request. */
  noteClient(request: object, clientId: string): void {
    if (!this.#isUsed) return;
    const facts = this.#facts.get(request);
    if (facts !== undefined) facts.clientId = clientId;
  }
}
