/** The cost parameters of an argon2id hash. */
export interface PasswordFigures {
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

/** The figures of a stored hash that may be worked on: the right scheme, whole, and not a claim on all memory. */
export const figuresOf = (passwordHash: string): PasswordFigures | undefined => {
  const [, memory, passes, lanes] = phc.exec(passwordHash) ?? [];
  const figures = { memoryCost: Number(memory), timeCost: Number(passes), parallelism: Number(lanes) };
  const within = (value: number, min: number, max: number): boolean => value >= min && value <= max;
  const isUsable =
    within(figures.timeCost, 1, MAX_PASSES) &&
    within(figures.parallelism, 1, MAX_LANES) &&
    within(figures.memoryCost, MIN_KIB_PER_LANE * figures.parallelism, MAX_MEMORY_KIB);
  return isUsable ? figures : undefined;
};

/** Checks whether a stored hash may be worked on. */
export const isPasswordHash = (text: string): boolean => figuresOf(text) !== undefined;

/** How long a hash takes, in KiB that are written: argon2 takes as long as it writes memory. */
export const workOf = ({ memoryCost, timeCost }: PasswordFigures): number => memoryCost * timeCost;

/** Checks whether any figure of a hash is below these. */
export const isWeaker = (hashed: PasswordFigures, wanted: PasswordFigures): boolean =>
  hashed.memoryCost < wanted.memoryCost || hashed.timeCost < wanted.timeCost || hashed.parallelism < wanted.parallelism;

/** Figures of a hash that takes as long as `work`, in no more memory than `maxMemory`. `undefined`: next to nothing. */
export const figuresFor = (work: number, maxMemory: number): PasswordFigures | undefined => {
  const timeCost = Math.max(1, Math.ceil(work / maxMemory));
  const memoryCost = Math.round(work / timeCost);
  return memoryCost < MIN_KIB_PER_LANE ? undefined : { memoryCost, timeCost, parallelism: 1 };
};
