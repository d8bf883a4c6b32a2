import type { Operation } from './operation';

/** Texts about an API for people: read when a page first needs it, and never by a guard. */
export interface Documentation {
  /** Title, version and description of the OpenAPI document, if there is one. */
  readonly info: DocumentInfo;
  /** One for each method of each resource, in the order of the declaration. */
  readonly operations: readonly Operation[];
  /** Parts that were left out because they are faulty, such as `paths./orders.get.parameters[0]: has no name`. */
  readonly problems: readonly string[];
  /** The OpenAPI document that was passed in. */
  readonly document: object | undefined;
}

export interface DocumentInfo {
  readonly title?: string;
  readonly version?: string;
  readonly description?: string;
  readonly tags: readonly string[];
}
