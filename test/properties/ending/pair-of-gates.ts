import { InProcessGate, type Declarations, type Shared } from '../../support/gate/in-process-gate';
import type { GateName } from './operation';

export type Opening = Readonly<Record<GateName, Declarations>>;

const otherThan = (name: GateName): GateName => (name === 'A' ? 'B' : 'A');

/** Two gates on one Redis. A gate is asked only after it has received what the other has announced. */
export class PairOfGates {
  readonly #shared: Shared;
  readonly #gates = new Map<GateName, InProcessGate>();
  readonly #isBehind = new Set<GateName>();

  private constructor(shared: Shared) {
    this.#shared = shared;
  }

  static async open(shared: Shared, opening: Opening): Promise<PairOfGates> {
    const gates = new PairOfGates(shared);
    await gates.#openAll(opening);
    return gates;
  }

  /** Returns a gate that has received everything announced so far. */
  async at(name: GateName): Promise<InProcessGate> {
    const gate = this.#gates.get(name);
    if (gate === undefined) throw new Error(`gate ${name} is not open`);
    if (this.#isBehind.delete(name)) await gate.catchUp();
    return gate;
  }

  /** Notes that a gate may have changed what the other has cached. */
  changedAt(name: GateName): void {
    this.#isBehind.add(otherThan(name));
  }

  async restart(name: GateName, declarations: Declarations): Promise<void> {
    await this.#gates.get(name)?.close();
    this.#gates.delete(name);
    this.#gates.set(name, await InProcessGate.open(this.#shared, declarations));
    this.#isBehind.delete(name);
    this.changedAt(name);
  }

  async restartTogether(opening: Opening): Promise<void> {
    await this.close();
    await this.#openAll(opening);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#gates.values()].map((gate) => gate.close()));
    this.#gates.clear();
  }

  async #openAll(opening: Opening): Promise<void> {
    this.#isBehind.clear();
    const opened = await Promise.allSettled([this.restart('A', opening.A), this.restart('B', opening.B)]);
    const failed = opened.find(({ status }) => status === 'rejected');
    if (failed?.status !== 'rejected') return;
    await this.close();
    throw failed.reason;
  }
}
