/** Text, links, headings and the frame of a page. */
export const baseStyles = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: var(--gap); }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--ground); color: var(--text);
  font: 1rem/1.55 var(--font); overflow-wrap: anywhere; }
[hidden] { display: none !important; }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: 1px; }
a:hover { color: var(--accent-strong); text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .2rem; }
main:focus { outline: none; }
.skip { position: absolute; left: -100vw; background: var(--surface); padding: .5rem 1rem; }
.skip:focus { left: 0; z-index: 1; }
main { position: relative; flex: 1; width: 100%; max-width: 74rem; margin: 0 auto; padding: var(--gap-l) var(--gap-l) var(--gap-xl); }
h1, h2, h3 { line-height: 1.25; text-wrap: balance; }
h1 { margin: 0 0 1.25rem; font-size: var(--title); letter-spacing: -.015em; }
h2 { margin: 2.25rem 0 .5rem; font-size: var(--large); letter-spacing: -.005em; }
h3 { margin: 1.5rem 0 .35rem; font-size: 1rem; }
h1 small, h2 small, h3 small { margin-left: .35em; font-size: .8em; font-weight: 500; color: var(--faint); }
p, ul, ol { margin: .6rem 0; }
main p, main li { max-width: var(--measure); }
small, .hint { font-size: var(--small); color: var(--faint); }
strong { font-weight: 650; }
hr { margin: var(--gap-l) 0; border: 0; border-top: 1px solid var(--soft); }
h1, h2, td, dd, li, option, code, .account-button { unicode-bidi: isolate; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.obstacle, p.wrong:not(.notice) { color: var(--wrong); }
p.done:not(.notice) { color: var(--done); }
dl { align-items: baseline; display: grid; grid-template-columns: fit-content(40%) minmax(0, 1fr); gap: .4rem 1.5rem; margin: .9rem 0; }
dt { font-weight: 600; }
dd { grid-column: 2; margin: 0; }
details { margin: var(--gap) 0; }
summary { cursor: pointer; width: fit-content; font-weight: 600; }
summary:hover { color: var(--accent); }
svg { max-width: 100%; height: auto; }
@media (max-width: 36rem) {
  main { padding: var(--gap); }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { grid-column: 1; }
  dt { margin-top: .6rem; font-size: var(--small); color: var(--faint); }
}
@media (prefers-reduced-motion: no-preference) { a, button, .button { transition: background-color .12s, border-color .12s; } }
@media print { header, footer, button, .skip { display: none !important; } }
`;
