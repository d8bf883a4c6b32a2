/** Texts of the welcome: the link to the public catalogue, and the first steps of a user. */
export const welcome = {
  browse: 'Browse the APIs without signing in',
  firstSteps: 'Your first request in three steps',
  subscribe: 'Subscribe to an API',
  getToken: 'Get a token',
  callApi: 'Call the API',
  done: 'done',
};
