/** Texts of Generate token and My tokens. */
export const tokens = {
  generate: 'Generate token',
  mine: 'My tokens',
};
