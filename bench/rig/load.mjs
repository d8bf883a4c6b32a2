import autocannon from 'autocannon';
import { median, percentile } from './statistics.mjs';

const SAMPLE_MS = 100; // autocannon ends at the end of a sample: short samples keep runs close to their set duration

/** Distributes the requests among the connections, so that no two send the same request at the same time. */
const dealt = (requests, connections) => {
  let dealtTo = 0;
  return (connection) => {
    const own = requests.filter((_request, index) => index % connections === dealtTo % connections);
    connection.setRequests(own.length > 0 ? own : [requests[dealtTo % requests.length]]);
    dealtTo += 1;
  };
};

const countsOf = ({ statusCodeStats }) =>
  Object.fromEntries(Object.entries(statusCodeStats).map(([status, { count }]) => [status, count]));

const refuse = (title, { errors, timeouts, mismatches }, statuses, expected) => {
  const other = Object.keys(statuses).filter((status) => !expected.includes(Number(status)));
  if (other.length === 0 && errors === 0 && timeouts === 0 && mismatches === 0) return;
  const counted = JSON.stringify(statuses);
  throw new Error(`${title}: answers ${counted}, ${errors} errors, ${timeouts} timeouts, ${mismatches} other bodies`);
};

/**
 * Sends requests as fast as they are answered, over `connections` connections, for `seconds` or until `amount`
 * responses have arrived. Fails if any response has a status that is not in `expected`, or another body than `body`.
 *
 * `server` comes from startProcess(); `requests` are in autocannon's format: { method, path, headers, body }. A latency
 * is the time from writing a request to the end of its response, in milliseconds.
 */
export const load = async (
  server,
  { requests, port = server.ready.port, connections = 50, seconds, amount, expected = [200], body },
) => {
  const latencies = [];
  const before = await server.cpu();
  const start = performance.now();
  const running = autocannon({
    url: `http://127.0.0.1:${port}`,
    connections,
    sampleInt: SAMPLE_MS,
    setupClient: dealt(requests, connections),
    ...(amount === undefined ? { duration: seconds } : { amount }),
    ...(body === undefined ? {} : { expectBody: body }),
  });
  running.on('response', (_client, _status, _bytes, milliseconds) => latencies.push(milliseconds));
  const result = await running;
  const elapsed = performance.now() - start;
  const used = (await server.cpu()) - before;
  const statuses = countsOf(result);
  refuse(server.url + (requests[0].path ?? ''), result, statuses, expected);
  return {
    /** CPU microseconds of the server's process per response. */
    perRequest: used / latencies.length,
    perSecond: (latencies.length / elapsed) * 1000,
    p50: median(latencies),
    p99: percentile(latencies, 0.99),
    latencies,
    /** The number of responses by status: { 200: 1234 }. */
    statuses,
    answers: latencies.length,
    seconds: elapsed / 1000,
  };
};
