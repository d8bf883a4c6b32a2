/** The cost parameters of an argon2id hash. */
export interface PasswordCost {
  /** KiB. */
  readonly memoryCost: number;
  /** Passes. */
  readonly timeCost: number;
  /** Lanes. */
  readonly parallelism: number;
}

const MAX_MEMORY_KIB = 1_048_576;
const MAX_PASSES = 16;
const MAX_LANES = 16;
const MIN_KIB_PER_LANE = 8; // RFC 9106 §3.1

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}$/;

/**
 * Returns the cost parameters of a stored hash; `undefined` if it must not be verified: it has another scheme, is
 * incomplete, or would claim too much time or memory.
 */
export const costOf = (passwordHash: string): PasswordCost | undefined => {
  const [, memory, passes, lanes] = phc.exec(passwordHash) ?? [];
  const cost = { memoryCost: Number(memory), timeCost: Number(passes), parallelism: Number(lanes) };
  const within = (value: number, min: number, max: number): boolean => value >= min && value <= max;
  const isUsable =
    within(cost.timeCost, 1, MAX_PASSES) &&
    within(cost.parallelism, 1, MAX_LANES) &&
    within(cost.memoryCost, MIN_KIB_PER_LANE * cost.parallelism, MAX_MEMORY_KIB);
  return isUsable ? cost : undefined;
};

/** Checks whether a stored hash can be verified. */
export const isPasswordHash = (text: string): boolean => costOf(text) !== undefined;

/** Returns the duration of a hash, as KiB written: argon2 takes time in proportion to the memory that it writes. */
export const workOf = ({ memoryCost, timeCost }: PasswordCost): number => memoryCost * timeCost;

/** Checks whether any cost parameter of a hash is below the wanted one. */
export const isWeaker = (hashed: PasswordCost, wanted: PasswordCost): boolean =>
  hashed.memoryCost < wanted.memoryCost || hashed.timeCost < wanted.timeCost || hashed.parallelism < wanted.parallelism;

/** Returns parameters of a hash that takes `work`, in at most `maxMemory` KiB; `undefined` if `work` is negligible. */
export const costFor = (work: number, maxMemory: number): PasswordCost | undefined => {
  const timeCost = Math.max(1, Math.ceil(work / maxMemory));
  const memoryCost = Math.round(work / timeCost);
  return memoryCost < MIN_KIB_PER_LANE ? undefined : { memoryCost, timeCost, parallelism: 1 };
};
