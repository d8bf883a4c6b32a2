/** Texts of error pages, faults of forms, and explanations of refused requests. */
export const problems = {};
