/** Texts of Try it. */
export const tryIt = {
  title: 'Try it',
};
