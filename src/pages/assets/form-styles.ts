/** Forms and their fields. */
export const formStyles = `
form { margin: 0; }
form + form { margin-top: .75rem; }
.field { margin: .9rem 0; max-width: 30rem; }
.field label, legend { display: block; font-weight: 600; }
.field label { margin-bottom: .25rem; }
.field small { display: block; margin-top: .4rem; }
.field small.fault { color: var(--wrong); font-weight: 600; }
.inline { display: inline; font-weight: 600; }
input:not([type=checkbox], [type=radio], [type=submit]), select, textarea { width: 100%; max-width: 30rem; min-height: 2.5rem; padding: .42rem .7rem;
  font: inherit; color: var(--text); background: var(--surface); border: 1px solid var(--line); border-radius: var(--corner); }
input:not([type=checkbox], [type=radio]):hover, select:hover, textarea:hover { border-color: var(--accent); }
[aria-invalid=true] { border-color: var(--wrong) !important; }
input[type=checkbox], input[type=radio] { width: 1.1rem; height: 1.1rem; accent-color: var(--accent); }
textarea { min-height: 6rem; font: .9rem/1.5 var(--mono); }
fieldset { min-width: 0; max-width: 44rem; margin: var(--gap) 0; padding: .4rem 1.1rem .9rem; background: var(--surface); border: 1px solid var(--soft);
  border-radius: var(--corner-l); }
fieldset p { margin: .4rem 0; }
fieldset.bare { max-width: none; padding: 0; background: none; border: 0; }
legend { padding: 0 .4rem; margin-left: -.4rem; }
.choice { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 .6rem; }
.choice input { margin: .25rem 0 0; align-self: start; }
.choice .hint { grid-column: 2; }
.row { display: flex; flex-wrap: wrap; align-items: end; gap: .6rem var(--gap); }
.row:has(> .field > small) { align-items: start; }
.row:has(> .field > small) > button { margin-top: 1.8rem !important; }
.row:not(:has(.field)) { align-items: center; }
.row:has(.field) > a:not(.button), .row:has(.field) > p:not(.field) { line-height: 2.4rem; }
.row form, .row .field { margin: 0; }
main form > button, main form > .row { margin-top: .4rem; }
.row .field { flex: 0 1 20rem; min-width: min(12rem, 100%); }
.card form { margin-top: .6rem; }
@media (max-width: 36rem) { .row .field { flex: 1 1 100%; max-width: none; } .row select, .row input { max-width: none !important; } }
.search { margin: 0 0 var(--gap-l); }
.row + .search { margin-top: var(--gap); }
.secret { position: relative; display: block; max-width: 30rem; }
.narrow .secret { max-width: none; }
.secret input { padding-right: 6rem !important; }
.secret button { position: absolute; right: .25rem; top: .25rem; height: calc(100% - .5rem); min-height: 0; padding: 0 .6rem; font-size: var(--small);
  color: var(--accent); background: transparent; border: 0; }
.secret button:hover { background: var(--accent-ground); }
`;
