/** Texts around the body of every page: header, menus, breadcrumbs. */
export const frame = {
  menu: 'Menu',
  account: 'Account',
  administration: 'Admin',
  breadcrumbs: 'Breadcrumbs',
  show: 'Show',
  hide: 'Hide',
  showPassword: 'Show password',
  hidePassword: 'Hide password',
};
