/** Header, navigation, menus and footer. Below 60rem the navigation is a popover, which browsers open without a script. */
export const headerStyles = `
body > header { display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: center; gap: 0 var(--gap-l);
  padding: .6rem var(--edge) 0; background: var(--surface); border-bottom: 1px solid var(--soft); }
.visitor > header, header:not(:has(nav)) { padding-bottom: .6rem; }
.brand { display: inline-flex; align-items: center; gap: .6rem; width: fit-content; padding: .2rem 0; font-size: 1.05rem; font-weight: 700;
  letter-spacing: -.01em; color: var(--text); text-decoration: none; }
a.brand:hover { color: var(--accent); }
.brand img { display: block; width: auto; height: 1.75rem; max-width: 10rem; object-fit: contain; }
.menu-button { display: none; }
.menu[popover] { display: contents; }
.account { grid-column: 2; grid-row: 1; display: flex; align-items: center; gap: .25rem .75rem; min-width: 0; }
.account form { margin: 0; }
header, footer { --edge: max(var(--gap-l), calc(50% - 35.5rem)); }
.account-name { display: none; }
.account-button { max-width: 22rem; overflow: hidden; text-overflow: ellipsis; }
.account-button::after { content: ''; display: inline-block; width: .4em; height: .4em; margin-left: .55em; border: solid; border-width: 0 2px 2px 0;
  transform: translateY(-.2em) rotate(45deg); }
.account-menu[popover] { position: absolute; inset: 3.4rem var(--edge) auto auto; min-width: 13rem; padding: .4rem; color: var(--text);
  background: var(--surface); border: 1px solid var(--soft); border-radius: var(--corner); box-shadow: var(--shadow-l); }
.account-menu ul { margin: 0; padding: 0; list-style: none; }
.account-menu a { display: block; padding: .45rem .7rem; border-radius: .35rem; color: var(--text); text-decoration: none; }
.account-menu a:hover, .account-menu a[aria-current] { background: var(--accent-ground); color: var(--accent); }
header nav { grid-column: 1 / -1; display: flex; flex-wrap: wrap; align-items: stretch; gap: 0 var(--gap); min-width: 0; margin-top: .15rem; }
header nav ul { display: flex; flex-wrap: wrap; gap: 0 1.15rem; margin: 0; padding: 0; list-style: none; }
header nav a { display: block; padding: .5rem 0 .55rem; font-size: .9375rem; color: var(--faint); text-decoration: none; border-bottom: 2px solid transparent; }
header nav a:hover { color: var(--text); border-color: var(--line); }
header nav a[aria-current] { color: var(--accent); font-weight: 600; border-color: var(--accent); }
.admin-pages { display: flex; align-items: center; gap: 0 .9rem; padding-left: var(--gap); border-left: 1px solid var(--soft); }
.admin-pages > span { font-size: .75rem; font-weight: 650; letter-spacing: .06em; text-transform: uppercase; color: var(--faint); }
.breadcrumbs { display: flex; flex-wrap: wrap; margin: 0 0 var(--gap); padding: 0; list-style: none; font-size: var(--small); color: var(--faint); }
.breadcrumbs li + li::before { content: '/'; content: '/' / ''; margin: 0 .5em; color: var(--line); }
@supports selector(:has(a)) {
  main:has(> .breadcrumbs) > h1 { margin-top: 1.75rem; }
  main > .breadcrumbs { position: absolute; top: var(--gap-l); left: var(--gap-l); right: var(--gap-l); flex-wrap: nowrap; }
  main > .breadcrumbs li { display: flex; min-width: 0; white-space: nowrap; }
  main > .breadcrumbs li::before { flex: none; }
  .breadcrumbs a, .breadcrumbs [aria-current] { display: block; padding-block: .1rem; overflow: hidden; text-overflow: ellipsis; }
}
body > footer { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem var(--gap-l); padding: var(--gap) var(--edge); border-top: 1px solid var(--soft);
  font-size: var(--small); color: var(--faint); }
body > footer ul { display: flex; flex-wrap: wrap; gap: .25rem var(--gap-l); margin: 0; padding: 0; list-style: none; }
body > footer a { display: inline-block; padding-block: .2rem; color: var(--faint); }
body > footer form { margin-left: auto; }
body > footer button { min-height: 1.9rem; padding: .15rem .7rem; font-size: var(--small); font-weight: 500; color: var(--faint); background: none; border-color: var(--soft); }
@media (max-width: 60rem) {
  body > header { padding: .6rem var(--gap); }
  body > footer { padding-inline: var(--gap); }
  .menu-button { display: inline-block; grid-column: 2; }
  .menu[popover] { display: none; }
  .menu:popover-open { display: block; position: absolute; inset: 3.6rem .5rem auto; width: auto; max-height: none; margin: 0; padding: .6rem .9rem .9rem;
    color: var(--text); background: var(--surface); border: 1px solid var(--soft); border-radius: var(--corner-l); box-shadow: var(--shadow-l); }
  .menu::backdrop { background: rgb(0 0 0 / .25); }
  header nav { display: block; margin: 0; }
  header nav ul { display: block; }
  header nav a { padding: .6rem .5rem; border: 0; border-radius: .35rem; color: var(--text); }
  header nav a[aria-current] { background: var(--accent-ground); }
  .admin-pages { display: block; margin-top: .5rem; padding: .6rem 0 0; border-left: 0; border-top: 1px solid var(--soft); }
  .admin-pages > span { padding: .5rem; }
  .menu .account { display: block; margin-top: .5rem; padding-top: .6rem; border-top: 1px solid var(--soft); }
  .account-button { display: none; }
  .account-name { display: block; margin: 0; padding: .4rem .5rem; font-size: var(--small); color: var(--faint); }
  .account-menu[popover] { display: block; position: static; margin: 0; padding: 0; border: 0; box-shadow: none; }
  .account-menu a { padding: .6rem .5rem; }
  .account form { margin-top: .5rem; }
}
@supports not selector(:popover-open) {
  .menu-button, .account-button { display: none; }
  .menu[popover] { display: contents; }
  .account { display: flex; }
  .account-name { display: block; }
  .account-menu[popover] { display: block; position: static; padding: 0; border: 0; box-shadow: none; }
  .account-menu ul { display: flex; }
}
@media (forced-colors: active) { header nav a[aria-current], .badge, .method { border: 1px solid; } }
@media (max-width: 36rem) {
  main > .breadcrumbs { top: .9rem; left: var(--gap); right: var(--gap); }
  main > .breadcrumbs li:nth-child(n + 3):last-child { display: none; }
}
`;
