import { EndingModel } from './ending-model';
import type { InProcessGate, Shared } from '../../support/gate/in-process-gate';
import type { Change, Operation } from './operation';
import { PairOfGates } from './pair-of-gates';
import { applyChange } from './declared-changes';
import { openingOf } from './restart-steps';
import { isServed, type Check, type Step, type Verdict } from './step';
import { stepOf } from './step-of';
import { aWorld } from './world';

export interface Sequence {
  /** What is declared at the start. */
  readonly declared: readonly Change[];
  readonly operations: readonly Operation[];
}

/** Numbers of requests and calls. */
export interface Counts {
  readonly accepted: number;
  readonly refused: number;
}

/** At the end, every token is sent to both gates, then every refresh token, then every token again. */
const LAST: readonly Operation[] = [
  { do: 'useAll', at: 'A' },
  { do: 'useAll', at: 'B' },
  { do: 'refreshAll', at: 'A' },
  { do: 'useAll', at: 'B' },
  { do: 'useAll', at: 'A' },
];

const faultOf = (expected: Verdict, observed: Verdict): string => {
  if (expected === 'refused' && isServed(observed)) return `wrong accept: it was ${observed}, and must be refused`;
  if (isServed(expected) && observed === 'refused') return `wrong refusal: it must be ${expected}`;
  return `it was ${observed}, and must be ${expected}`;
};

/** Follows steps with two gates, and writes them down in sentences. */
class FollowedSteps {
  readonly #gates: PairOfGates;
  readonly #sentences: string[];
  readonly counts = { accepted: 0, refused: 0 };

  constructor(gates: PairOfGates, start: readonly string[]) {
    this.#gates = gates;
    this.#sentences = [...start];
  }

  /** @throws an error that lists the sentences if the gates and the model disagree */
  async follow(step: Step): Promise<void> {
    if ('restart' in step) {
      this.#sentences.push(step.what);
      const observed = await step.restart(this.#gates).then(
        () => 'done',
        (thrown: unknown) => `rejected: ${String(thrown)}`,
      );
      this.#compare(step.what, 'done', observed);
      return;
    }
    const { at, what, checks, changes } = step;
    const gate = await this.#gates.at(at);
    if (changes) this.#gates.changedAt(at);
    if (checks.length > 0) this.#sentences.push(`gate ${at}: ${what}`);
    await Promise.all(checks.map((check) => this.#check(check, gate)));
  }

  async #check({ what, expected, observe }: Check, gate: InProcessGate): Promise<void> {
    if (expected === 'refused') this.counts.refused += 1;
    else this.counts.accepted += 1;
    const observed = await observe(gate).catch((thrown: unknown) => `rejected: ${String(thrown)}`);
    this.#compare(what, expected, observed);
  }

  #compare(what: string, expected: string, observed: string): void {
    if (observed === expected) return;
    const lines = this.#sentences.map((sentence, index) => `${index + 1}. ${sentence}`);
    throw new Error([...lines, `There, ${what}: ${faultOf(expected, observed)}`].join('\n'));
  }
}

/**
 * Opens two gates on names of their own, has them follow a sequence, and compares each answer with the model.
 * @returns how many requests had to be accepted or refused
 */
export const followSequence = async (shared: Shared, { declared, operations }: Sequence): Promise<Counts> => {
  const world = aWorld(new EndingModel());
  const start = declared
    .map((change) => applyChange(world.model.directory, change))
    .filter((what) => what !== undefined);
  const gates = await PairOfGates.open(shared, openingOf(world.model));
  try {
    const steps = new FollowedSteps(gates, start.length === 0 ? [] : [`gates A and B start: ${start.join(', ')}`]);
    for (const operation of [...operations, ...LAST]) {
      const step = stepOf(world, operation);
      if (step !== undefined) await steps.follow(step);
    }
    return steps.counts;
  } finally {
    await gates.close();
  }
};
