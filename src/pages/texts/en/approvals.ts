/** Texts of approvals and of the other pages of administrators: applications and audit. */
export const approvals = {
  title: 'Approvals',
  applications: 'Applications',
  audit: 'Audit',
};
