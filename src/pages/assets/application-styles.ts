/** Styles of the pages of applications and tokens. */
export const applicationStyles = `
.contents, .pages { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 1rem 0; padding: 0; list-style: none; }
.contents a { display: inline-block; padding: .25rem 0; }
.badges { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0; }
p.prose { white-space: pre-line; }
main > section[id] { scroll-margin-top: 1rem; }
main > #danger { margin-top: 2.25rem; padding: 1.1rem 1.4rem 1.3rem; background: var(--surface); border: 1px solid var(--wrong); border-radius: var(--corner-l); }
main > #danger > h2 { margin-top: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: var(--gap); }
.columns > * { container: column / inline-size; min-width: 0; margin: 0; }
.card li .hint { margin: 0; }
td button[id] { scroll-margin: 6rem; }
.stays { position: sticky; top: 0; z-index: 1; }
`;
