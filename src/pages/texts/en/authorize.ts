/** Texts of the authorization endpoint: sign-in and consent. */
export const authorize = {};
