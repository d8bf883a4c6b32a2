/** Try it and the code of requests. The chosen language is shown; browsers without `:has` show all. */
export const tryItStyles = `
#try-it [hidden] { display: none; }
.languages p { margin: 0; }
.snippets:has(input[value=curl]:checked) .snippet:not(.curl), .snippets:has(input[value=javascript]:checked) .snippet:not(.javascript),
.snippets:has(input[value=python]:checked) .snippet:not(.python) { display: none; }
#response pre { max-height: 32rem; overflow: auto; }
[aria-disabled=true] { opacity: .6; cursor: progress; }
`;
