/** Notices. */
export const noticeStyles = `
.notice { max-width: none !important; margin: 0 0 var(--gap-l); padding: .7rem 1rem; border: 1px solid; border-left-width: 5px; border-radius: var(--corner); }
.notice.done { color: var(--done); background: var(--done-ground); }
.notice.wrong { color: var(--wrong); background: var(--wrong-ground); }
.notice.warning { color: var(--warn); background: var(--warn-ground); font-weight: 600; }
.notice a { color: inherit; }
`;
