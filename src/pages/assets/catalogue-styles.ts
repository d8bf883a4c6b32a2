/** The catalogue of APIs, and the page of an API. */
export const catalogueStyles = `
.prose { max-width: 45rem; }
.prose > :first-child { margin-top: 0; }
.prose > :last-child { margin-bottom: 0; }
.card .prose ul { padding-left: 1.25rem; list-style: disc; }
.contents ul { margin: .25rem 0 var(--gap); padding: 0; list-style: none; }
.contents li { margin: .2rem 0; }
.contents a { display: inline-block; min-height: 1.5rem; }
.operation h4 { margin: 1.25rem 0 .25rem; font-size: 1rem; }
.operation h3 code { font-size: 1rem; }
.operation th:first-child { width: 13rem; }
.operation > summary { width: auto; }
.operation > summary h3 { display: inline; margin: 0; }
details.operation:not([open]) { padding-block: .7rem; }
details.operation + details.operation { margin-top: .5rem; }
.schema ul { margin: .25rem 0; padding-left: 1rem !important; border-left: 2px solid var(--soft); }
.schema li { margin: .35rem 0; }
.schema p { margin: .15rem 0; }
`;
