const sorted = (numbers) => Float64Array.from(numbers).sort();

/** The middle value, or the mean of the two middle values. */
export const median = (numbers) => {
  const inOrder = sorted(numbers);
  const middle = inOrder.length >> 1;
  return inOrder.length % 2 === 1 ? inOrder[middle] : (inOrder[middle - 1] + inOrder[middle]) / 2;
};

/** The smallest number that the given share of all numbers does not exceed, such as `percentile(latencies, 0.99)`. */
export const percentile = (numbers, share) => {
  const inOrder = sorted(numbers);
  return inOrder[Math.max(0, Math.ceil(inOrder.length * share) - 1)];
};

export const rounded = (number, digits = 1) => Number(number.toFixed(digits));
