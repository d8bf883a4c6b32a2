/** Code, and texts that can be copied. */
export const codeStyles = `
code, pre { font: .875rem/1.55 var(--mono); overflow-wrap: anywhere; }
code:has(wbr) { overflow-wrap: break-word; }
pre { margin: 0; padding: .8rem 1rem; overflow-x: auto; background: var(--panel); border: 1px solid var(--soft); border-radius: var(--corner); white-space: pre-wrap;
  tab-size: 2; }
p code, li code, td code, dd > code { padding: .08em .35em; background: var(--panel); border-radius: .3rem; }
.copyable { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .6rem; margin: .25rem 0; }
.copyable:has(> pre) { align-items: start; margin: .5rem 0; }
.copyable pre { flex: 1 1 16rem; min-width: 0; }
.copyable code { min-width: 0; padding: .2rem .5rem; background: var(--panel); border-radius: .35rem; }
@media (max-width: 36rem) { .copyable pre { flex-basis: 100%; } }
`;
