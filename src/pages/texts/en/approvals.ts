/** Texts of approvals: the page of administrators, and requests on the pages of their owner. */
export const approvals = {
  title: 'Approvals',
  applications: 'Applications',
  audit: 'Audit',
  requested: 'Requested. An administrator has to approve the subscription before it has an effect.',
  planRequested: 'Requested. The present plan stays in effect until an administrator approves the change.',
  withdrawn: 'Request removed.',
  waiting: 'Waiting for approval',
  rejected: 'Rejected',
  reasonOf: (reason: string) => `Reason: ${reason}`,
  withPlan: (api: string, plan: string) => `${api} (plan ${plan})`,
  withdraw: 'Withdraw',
  dismiss: 'Dismiss',
  needed: 'Subscriptions need approval.',
};
