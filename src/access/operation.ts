import type { Resource } from './resource';
import type { Schema } from './schema';

/** Places of the value of a parameter. Cookies are not: scripts and the gateway do not send them. */
export const PARAMETER_PLACES = ['path', 'query', 'header'] as const;

export type ParameterPlace = (typeof PARAMETER_PLACES)[number];

/** A parameter of an operation. */
export interface Parameter {
  /** As the document spells it. The name in `Resource.path` may differ: `{order-id}` is `:order_id` there. */
  readonly name: string;
  readonly in: ParameterPlace;
  readonly isRequired: boolean;
  readonly isDeprecated: boolean;
  readonly description?: string;
  readonly schema?: Schema;
  /** A value as it is typed, from the example or the default. */
  readonly example?: string;
}

/** A representation of a body. */
export interface Content {
  readonly mediaType: string;
  readonly schema?: Schema;
  /** The example as it is sent: JSON with line breaks, or text. */
  readonly example?: string;
}

/** The body of a request. */
export interface Body {
  readonly isRequired: boolean;
  readonly description?: string;
  readonly contents: readonly Content[];
}

/** A response that the document describes. */
export interface DocumentedResponse {
  /** `200`, `4XX` or `default`. */
  readonly status: string;
  readonly description?: string;
  readonly contents: readonly Content[];
}

/** One method of a resource, as people read about it. Guards never use it. */
export interface Operation {
  readonly method: string;
  /** The path below the context in the form of OpenAPI, such as `/{id}`. */
  readonly path: string;
  /** The declared resource, which has the path template and the access rule. */
  readonly resource: Resource;
  /** The `operationId` of the document. */
  readonly id?: string;
  /** One line. */
  readonly summary?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly isDeprecated: boolean;
  /** Every parameter of the path, and those of query and headers that the document describes. */
  readonly parameters: readonly Parameter[];
  readonly body?: Body;
  readonly responses: readonly DocumentedResponse[];
}
