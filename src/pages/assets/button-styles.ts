/** Buttons, and links that look like them. */
export const buttonStyles = `
button, .button { display: inline-block; min-height: 2.4rem; padding: .42rem 1rem; font: 600 1rem/1.4 var(--font); text-align: center; text-decoration: none;
  white-space: nowrap; cursor: pointer; color: var(--on-accent); background: var(--accent); border: 1px solid var(--accent); border-radius: var(--corner); }
button:hover, .button:hover { color: var(--on-accent); background: var(--accent-strong); border-color: var(--accent-strong); }
button.plain, .button.plain { color: var(--text); background: var(--surface); border-color: var(--line); }
button.plain:hover, .button.plain:hover { color: var(--accent); background: var(--accent-ground); border-color: var(--accent); }
button.danger, .button.danger { color: var(--wrong); background: var(--surface); border-color: currentColor; }
button.danger:hover, .button.danger:hover { color: var(--wrong); background: var(--wrong-ground); }
button:disabled { cursor: not-allowed; color: var(--faint); background: var(--panel); border-color: var(--soft); }
td button, td .button, .copyable button, .account button, .account .button { min-height: 1.9rem; padding: .15rem .7rem; font-size: var(--small); }
@media (max-width: 36rem) { button, .button { white-space: normal; } }
`;
