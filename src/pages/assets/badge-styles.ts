/** Badges, HTTP methods, scopes and tabs. */
export const badgeStyles = `
.badge, .method { display: inline-block; padding: .05rem .55rem; font-size: .8125rem; font-weight: 600; line-height: 1.5; white-space: nowrap; vertical-align: middle;
  color: var(--faint); background: var(--panel); border-radius: 1rem; }
.badge.good { color: var(--done); background: var(--done-ground); }
.badge.warning { color: var(--warn); background: var(--warn-ground); }
.badge.bad { color: var(--wrong); background: var(--wrong-ground); }
.method { min-width: 3.9rem; padding: .05rem .4rem; font: 700 .75rem/1.6 var(--mono); text-align: center; border-radius: .3rem; }
a:has(> .method) { text-decoration: none; }
a:has(> .method):hover code { text-decoration: underline; }
.method[data-method=GET], .method[data-method=HEAD] { color: var(--info); background: var(--info-ground); }
.method[data-method=POST] { color: var(--done); background: var(--done-ground); }
.method[data-method=PUT], .method[data-method=PATCH] { color: var(--warn); background: var(--warn-ground); }
.method[data-method=DELETE] { color: var(--wrong); background: var(--wrong-ground); }
.scopes, .tags { margin: .4rem 0 0; }
.scopes { display: flex; flex-wrap: wrap; gap: .3rem .4rem; padding: 0; list-style: none; }
td .scopes, dd .scopes { margin: 0; }
.scopes li { margin: 0; padding: .02rem .55rem; font: .85rem/1.6 var(--mono); background: var(--surface); border: 1px solid var(--line); border-radius: 1rem; }
.scopes li:has(> a) { padding: 0; }
.scopes li > a { display: block; min-height: 1.5rem; padding: .08rem .6rem; border-radius: 1rem; text-decoration: none; }
.scopes li > a:hover { background: var(--accent-ground); text-decoration: underline; }
.ticks li.has { color: var(--done); background: var(--done-ground); border-color: transparent; }
.ticks li.lacks { color: var(--wrong); background: var(--wrong-ground); border-color: transparent; }
.tabs { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0 0 var(--gap); padding: 0; list-style: none; border-bottom: 1px solid var(--soft); }
.tabs a { display: block; padding: .4rem 0; color: var(--faint); text-decoration: none; border-bottom: 2px solid transparent; }
.tabs a:hover { color: var(--text); }
.tabs a[aria-current] { color: var(--accent); font-weight: 600; border-color: var(--accent); }
`;
