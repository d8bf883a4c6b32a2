import type { EndingModel } from './ending-model';
import type { ModelToken } from './grants-model';
import type { Principal } from './principal';

/** What gates have answered, under what represents it in the model. */
export interface Answers {
  readonly tokens: Map<ModelToken, string>;
  /** Ids of applications. */
  readonly ids: Map<Principal, string>;
  readonly secretIds: Map<number, string>;
}

/** A model, and the texts that the gates use for what is in it. */
export interface World {
  readonly model: EndingModel;
  readonly answers: Answers;
}

export const aWorld = (model: EndingModel): World => ({
  model,
  answers: { tokens: new Map(), ids: new Map(), secretIds: new Map() },
});

/** Returns the text of what a gate must have answered before. */
export const known = <K>(texts: ReadonlyMap<K, string>, what: K): string => {
  const text = texts.get(what);
  if (text === undefined) throw new Error('the test uses what no gate has answered');
  return text;
};
