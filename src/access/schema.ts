/** A named part of a schema: a property of an object. */
export interface SchemaField {
  readonly name: string;
  readonly isRequired: boolean;
  readonly schema: Schema;
}

/** A schema as people read it: a tree of bounded size. It validates nothing. */
export interface Schema {
  /** Such as `string (date-time)`, `integer or null`, `Order`. Empty if the schema says nothing about it. */
  readonly type: string;
  readonly description?: string;
  /** The permitted values, as JSON. */
  readonly values?: readonly string[];
  /** The default, as JSON. */
  readonly defaultValue?: string;
  /** Limits in the terms of JSON Schema, such as `minimum 1`. */
  readonly limits: readonly string[];
  readonly fields: readonly SchemaField[];
  /** The schema of the items of a list. */
  readonly items?: Schema;
  /** Schemas of which one (`oneOf`) or at least one (`anyOf`) applies. */
  readonly alternatives: readonly Schema[];
  /** True if a part was left out: one that contains itself, or one beyond the bounds. */
  readonly isCut: boolean;
}
