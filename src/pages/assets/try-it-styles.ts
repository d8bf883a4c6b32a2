/** Try it and the code of requests. The chosen language is shown; browsers without `:has` show all. */
export const tryItStyles = `
#try-it [hidden] { display: none; }
.languages p { margin: 0; }
.snippets:has(input[value=curl]:checked) .snippet:not(.curl), .snippets:has(input[value=javascript]:checked) .snippet:not(.javascript),
.snippets:has(input[value=python]:checked) .snippet:not(.python) { display: none; }
#response pre { max-height: 32rem; overflow: auto; }
@media (min-width: 68rem) {
  main:has(> #try-it):has(> #response:not([hidden])) { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 var(--gap-xl); align-content: start; }
  main:has(> #try-it):has(> #response:not([hidden])) > * { grid-column: 1 / -1; }
  main:has(> #try-it) > #try-it { grid-column: 1 !important; }
  main:has(> #try-it) > #response { grid-column: 2 !important; }
  main > #response > h2 { margin-top: 0; }
}
[aria-disabled=true] { opacity: .6; cursor: progress; }
`;
