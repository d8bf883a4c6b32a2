/** Texts of the pages on which administrators manage users. */
export const users = {
  title: 'Users',
};
