const running = new Set();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
])
  process.once(signal, () => process.exit(code));

/** Kills the child when this process ends, for whatever reason. */
export const endWithThisProcess = (child) => {
  running.add(child);
  child.once('exit', () => running.delete(child));
};
