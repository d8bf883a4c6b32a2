/** Stylesheet for light and dark mode. Text has a contrast of at least 4.5:1 to its background (WCAG 2.2, 1.4.3). */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --panel: #f3f6f5; --text: #17211f; --faint: #4d5a57; --line: #8a9793; --soft: #d5dcda;
  --accent: #0b5c4b; --on-accent: #ffffff; --wrong: #a11c1c; --wrong-ground: #fdeeee; --done: #0b5c4b; --done-ground: #e6f4f0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #121816; --panel: #1b2321; --text: #e8eeec; --faint: #a9b6b2; --line: #7d8a86; --soft: #33403c;
    --accent: #6fd3b8; --on-accent: #08211b; --wrong: #ffb0a8; --wrong-ground: #3a1d1b; --done: #8fe0c9; --done-ground: #14332b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
main:focus { outline: none; }
.skip { position: absolute; left: -100vw; background: var(--ground); padding: .5rem 1rem; }
.skip:focus { left: 0; z-index: 1; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.5rem; padding: .75rem 1.5rem;
  background: var(--panel); border-bottom: 1px solid var(--soft); }
.brand { font-weight: 700; }
nav { flex: 1; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 0; padding: 0; list-style: none; }
nav a { display: inline-block; padding: .25rem 0; text-decoration: none; }
nav a:hover, nav a[aria-current] { text-decoration: underline; text-underline-offset: .3em; text-decoration-thickness: 2px; }
nav a[aria-current] { font-weight: 700; }
.who { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; }
.who form { margin: 0; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 2rem 0 .5rem; font-size: 1.25rem; }
h3 { margin: 1.25rem 0 .25rem; font-size: 1.05rem; }
section.card { margin: 1rem 0; padding: .25rem 1.25rem 1.25rem; border: 1px solid var(--soft); border-radius: .5rem; }
section.card > h2 { margin-top: 1rem; }
.field { margin: .75rem 0; }
.field label, legend { display: block; font-weight: 600; }
.field small, .hint { color: var(--faint); }
.field small { display: block; margin-top: .2rem; }
.inline { display: inline; font-weight: 600; }
input:not([type=checkbox], [type=radio]), select, textarea { width: 100%; max-width: 30rem; padding: .45rem .6rem; font: inherit;
  color: var(--text); background: var(--ground); border: 1px solid var(--line); border-radius: .35rem; }
textarea { min-height: 6rem; font-family: ui-monospace, monospace; }
fieldset { margin: .75rem 0; padding: .25rem 1rem .75rem; border: 1px solid var(--soft); border-radius: .35rem; }
fieldset p { margin: .35rem 0; }
.choice { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 .6rem; }
.choice input { margin: .3rem 0 0; align-self: start; }
.choice .hint { grid-column: 2; }
fieldset.bare { padding: 0; border: 0; min-width: 0; }
fieldset { min-width: 0; }
.obstacle, p.wrong:not(.notice) { color: var(--wrong); }
p.done:not(.notice) { color: var(--done); }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
details { margin: 1rem 0; }
summary { cursor: pointer; font-weight: 600; }
button { white-space: nowrap; min-height: 2.2rem; padding: .4rem .9rem; font: inherit; font-weight: 600; cursor: pointer; color: var(--on-accent);
  background: var(--accent); border: 1px solid var(--accent); border-radius: .35rem; }
button.plain { color: var(--accent); background: transparent; }
button.danger { color: var(--wrong); background: transparent; border-color: var(--wrong); }
section.card ul { padding-left: 0; list-style: none; }
section.card > ul > li + li { margin-top: .75rem; }
li.row { align-items: center; }
.row { display: flex; flex-wrap: wrap; align-items: end; gap: .5rem 1rem; }
.row form { margin: 0; }
.row .field { margin: 0; }
.notice { padding: .6rem 1rem; border-left: 4px solid; border-radius: .25rem; }
.notice.done { color: var(--done); background: var(--done-ground); }
.notice.wrong { color: var(--wrong); background: var(--wrong-ground); }
h1, h2, td, dd, li, option, code, .who span { unicode-bidi: isolate; }
code, pre { font: .9rem/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
code:has(wbr) { overflow-wrap: break-word; }
pre { margin: 0; padding: .75rem; overflow-x: auto; background: var(--panel); border: 1px solid var(--soft); border-radius: .35rem;
  white-space: pre-wrap; }
.copyable { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; margin: .25rem 0; }
.copyable pre { flex: 1; min-width: 0; }
.copyable code { min-width: 0; }
dl { align-items: baseline; display: grid; grid-template-columns: fit-content(50%) minmax(0, 1fr); gap: .35rem 1.25rem; margin: .75rem 0; }
dt { font-weight: 600; }
dd { grid-column: 2; margin: 0; }
.scroll { overflow-x: auto; margin-bottom: 1rem; }
table { width: 100%; border-collapse: collapse; }
caption { padding: .25rem 0; text-align: left; color: var(--faint); }
th, td { padding: .45rem .75rem .45rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--soft); overflow-wrap: break-word; }
form + form { margin-top: .75rem; }
td form { margin: 0; }
td button { min-height: 1.75rem; padding: .1rem .6rem; }
.scopes { display: flex; flex-wrap: wrap; gap: .25rem .5rem; margin: 0; padding: 0; list-style: none; }
.scopes li { padding: 0 .5rem; font-family: ui-monospace, monospace; font-size: .9rem; border: 1px solid var(--line); border-radius: 1rem; }
.ticks li.has { color: var(--done); }
.ticks li.lacks { color: var(--wrong); }
@media (max-width: 48rem) {
  table, tbody, caption { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody tr { display: flex; flex-direction: column; margin: .5rem 0; padding: .5rem .75rem; border: 1px solid var(--soft); border-radius: .5rem; }
  td { display: block; padding: .2rem 0; border: 0; overflow-wrap: anywhere; }
  td:not([data-label='']):empty { display: none; }
  td:not([data-label=''])::before { content: attr(data-label) ': '; content: attr(data-label) ': ' / ''; font-weight: 600; }
  td[data-label=''] { order: -1; }
}
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; } dd { grid-column: 1; } dt { margin-top: .35rem; } main { padding: 1rem; } }
@media (prefers-reduced-motion: no-preference) { a, button { transition: background-color .1s; } }
`;
