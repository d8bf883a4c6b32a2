/** Returns the rules that make each row of a table a card. @param scroll selects the regions around the tables */
const rowsAsCards = (scroll: string): string => `
  ${scroll} { overflow: visible; background: none; border: 0; box-shadow: none; }
  ${scroll} :is(table, tbody, caption) { display: block; }
  ${scroll} caption { padding: .25rem 0; }
  ${scroll} thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  ${scroll} tbody tr { display: grid; grid-template-columns: minmax(0, 1fr) fit-content(55%); gap: 0 .75rem; align-items: start;
    margin: .6rem 0; padding: .7rem 1rem; background: var(--surface); border: 1px solid var(--soft); border-radius: var(--corner-l); }
  ${scroll} tbody tr > td { display: block; grid-column: 1 / -1; min-width: 0; padding: .2rem 0 !important; overflow-wrap: anywhere; }
  ${scroll} tbody tr > td:first-child { grid-area: 1 / 1; font-weight: 600; }
  ${scroll} td:not([data-label='']):empty { display: none; }
  ${scroll} td:not([data-label=''])::before { content: attr(data-label) ': '; content: attr(data-label) ': ' / ''; font-weight: 600; color: var(--faint); }
  ${scroll} td > p:first-child { display: inline; }
  ${scroll} tbody tr > td[data-label=''] { grid-area: 1 / 2; }
`;

/** Tables, whose rows are cards on small screens and in narrow columns; those of wide tables also on tablets. */
export const tableStyles = `
.scroll { position: relative; overflow-x: auto; margin: var(--gap) 0; background: var(--surface); border: 1px solid var(--soft); border-radius: var(--corner-l); box-shadow: var(--shadow); }
.card .scroll { box-shadow: none; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { padding: .6rem 1rem; text-align: left; font-size: var(--small); color: var(--faint); }
th, td { padding: .55rem 1rem; text-align: left; vertical-align: top; overflow-wrap: break-word; }
thead th { padding-block: .45rem; font-size: .8125rem; font-weight: 600; white-space: nowrap; color: var(--faint); background: var(--panel); }
tr:has(> :nth-child(8)) > * { padding-inline: .4rem; white-space: normal; hyphens: auto; }
tr:has(> :nth-child(8)) > td { font-size: .9375rem; }
tbody tr { border-top: 1px solid var(--soft); }
tbody tr:target { background: var(--accent-ground); }
td form, td > p, td > ul { margin: 0; }
td > a, td > span > a { display: inline-block; padding-block: .15rem; }
td > p + p { margin-top: .25rem; }
td form > button, td form > .row { margin-top: 0; }
td:not([data-label='']) .field label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
td[data-label=''] { padding-block: .4rem; text-align: right; }
td[data-label=''] .row { justify-content: flex-end; }
@media (min-width: 74.01rem) { td > time:only-child { display: inline-block; min-width: 6.8rem; } }
@media (max-width: 48rem) { ${rowsAsCards('.scroll')} }
@media (max-width: 74rem) { ${rowsAsCards('.scroll:has(th:nth-child(5))')} }
@container column (max-width: 44rem) { ${rowsAsCards('.scroll')} }
`;
