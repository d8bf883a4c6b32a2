/** Texts of the catalogue and of the page of an API. */
export const apis = {
  title: 'APIs',
};
