/** Texts of the pages and charts of usage. */
export const usage = {
  title: 'Usage',
};
