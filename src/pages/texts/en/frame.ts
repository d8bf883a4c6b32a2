/** Texts around the body of every page: header, menus, breadcrumbs. */
export const frame = {
  menu: 'Menu',
  account: 'Account',
  administration: 'Admin',
  breadcrumbs: 'Breadcrumbs',
  footer: 'Links',
  showPassword: 'Show',
  hidePassword: 'Hide',
};
