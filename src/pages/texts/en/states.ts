/** Texts about whether a user or an application is enabled. */
export const states = {
  enabled: 'Enabled',
  disabledBy: { administrator: 'Disabled by an administrator', operator: 'Disabled by the operator' },
};
