// Exits with 0 if the gateway on this machine is alive, and with 1 otherwise.
//
//   node healthcheck.mjs [port, default PORT or 8080]

const port = Number(process.argv[2] ?? (process.env.PORT || 8080));
const DEADLINE_MS = 4_000;

try {
  const { ok } = await fetch(`http://127.0.0.1:${port}/health/live`, { signal: AbortSignal.timeout(DEADLINE_MS) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
