/** What is known of an application with one API. */
export interface ApplicationState {
  readonly isRemoved: boolean;
  /** Plan of the subscription; `undefined` without one. */
  readonly plan: string | undefined;
  readonly request: { readonly id: string; readonly plan: string; readonly isPending: boolean } | undefined;
}

export const EMPTY: ApplicationState = { isRemoved: false, plan: undefined, request: undefined };

export type Outcome = 'done' | 'not found';

export interface PerformedStep {
  readonly kind: string;
  /** The plan that a request is for. */
  readonly plan: string;
  /** Id of the request that a decision is about. */
  readonly request: string;
  readonly outcome: Outcome;
  /** Id of the request that the step made. */
  readonly madeId?: string;
}

/** Returns the state after a step that succeeded; `undefined` if it cannot succeed in this state. */
const after = (state: ApplicationState, step: PerformedStep): ApplicationState | undefined => {
  if (state.isRemoved) return undefined;
  const { plan, request } = state;
  const isShown = request?.isPending === true && request.id === step.request;
  if (step.kind === 'request') {
    if (plan === step.plan) return { ...state, request: undefined };
    return { ...state, request: { id: step.madeId ?? '', plan: step.plan, isPending: true } };
  }
  if (step.kind === 'withdraw') return { ...state, request: undefined };
  if (step.kind === 'unsubscribe') return { ...state, plan: undefined, request: undefined };
  if (step.kind === 'remove') return { ...EMPTY, isRemoved: true };
  if (!isShown) return undefined;
  return step.kind === 'approve'
    ? { ...state, plan: request.plan, request: undefined }
    : { ...state, request: { ...request, isPending: false } };
};

const isSame = (one: ApplicationState, other: ApplicationState): boolean =>
  JSON.stringify([one.isRemoved, one.plan ?? null, one.request ?? null]) ===
  JSON.stringify([other.isRemoved, other.plan ?? null, other.request ?? null]);

/** Checks whether concurrent steps, in any order, have these outcomes and lead from one state to another. */
export const isPossible = (from: ApplicationState, steps: readonly PerformedStep[], to: ApplicationState): boolean => {
  if (steps.length === 0) return isSame(from, to);
  return steps.some((step, index) => {
    const rest = steps.filter((_, other) => other !== index);
    const next = after(from, step);
    // A removal that finds the application being removed may succeed as well.
    if (step.kind === 'remove' && from.isRemoved) return isPossible(from, rest, to);
    if (step.outcome === 'not found') return next === undefined && isPossible(from, rest, to);
    return next !== undefined && isPossible(next, rest, to);
  });
};
