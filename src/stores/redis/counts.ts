/** Returns a maximum as an argument of a script: Redis takes no infinite number, and counts in 64 bits. */
export const toCount = (max: number): number => Math.min(max, Number.MAX_SAFE_INTEGER);
