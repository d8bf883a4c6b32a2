/** Cards, empty states, check-lists and dialogs: pages that consist of one card. */
export const cardStyles = `
section.card, article.card, .card { margin: var(--gap) 0; padding: 1.1rem 1.4rem 1.3rem; background: var(--surface); border: 1px solid var(--soft);
  border-radius: var(--corner-l); box-shadow: var(--shadow); }
.card > h2:first-child, .card > h3:first-child { margin-top: 0; }
.card > :last-child, .card > form:last-child > :last-child { margin-bottom: 0; }
.card ul:not(.scopes, .tabs) { padding-left: 0; list-style: none; }
.card > ul > li + li { margin-top: .75rem; }
.card.danger { border-color: var(--wrong); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: var(--gap); margin: var(--gap) 0; }
.cards > * { margin: 0 !important; }
li.row { align-items: center; }
.empty { margin: var(--gap) 0; padding: 1.75rem 1.4rem; text-align: center; color: var(--faint); background: var(--surface);
  border: 1px dashed var(--line); border-radius: var(--corner-l); }
.empty p { margin: .4rem auto; }
.narrow main { max-width: 31rem; flex: none; margin: clamp(1rem, 7vh, 5rem) auto var(--gap-xl); padding: 2rem; background: var(--surface); border: 1px solid var(--soft);
  border-radius: 1rem; box-shadow: var(--shadow); }
.narrow footer { margin-top: auto; }
.narrow main form:not(.row form) > button:last-child { width: 100%; }
.narrow form > .row > button { flex: 1; }
.narrow .field { max-width: none; }
.narrow .field input { max-width: none !important; }
.intro { color: var(--faint); white-space: pre-line; }
.steps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); gap: .6rem; margin: .75rem 0 0; padding: 0; list-style: none; }
.steps li { display: flex; align-items: center; gap: .7rem; margin: 0; }
.steps .mark { flex: none; display: grid; place-items: center; width: 1.9rem; height: 1.9rem; font-size: var(--small); font-weight: 700; border: 2px solid var(--line);
  border-radius: 50%; color: var(--faint); }
.steps .done .mark { color: var(--done); background: var(--done-ground); border-color: var(--done); }
.steps .done { color: var(--faint); }
@media (max-width: 36rem) {
  .card { padding: .9rem 1rem 1rem; }
  .narrow main { margin: 0 auto; padding: 1.25rem var(--gap); border-width: 0 0 1px; border-radius: 0; }
}
`;
