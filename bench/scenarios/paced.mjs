// Guard traffic at an even rate. A latency is the time from the actual sending of a request to the end of its response,
// not from when it was due: Node's timers have a resolution of a millisecond, which would be most of the figure. This
// causes no coordinated omission, because requests are sent whether or not earlier ones are answered.
import { percentile } from '../rig/statistics.mjs';
import { keepAlive } from './keep-alive.mjs';

const FIRST_CONNECTIONS = 50;

/** Sends `rate` requests a second for `seconds`, over as many connections as needed. Fails on any status but 200. */
export const paced = async (port, { requests, rate, seconds }) => {
  const idle = Array.from({ length: FIRST_CONNECTIONS }, () => keepAlive(port));
  const total = Math.floor(rate * seconds);
  const latencies = [];
  const underway = [];
  const sendOne = async (request) => {
    const connection = idle.pop() ?? keepAlive(port);
    const sent = performance.now();
    const { status, body } = await connection.ask(request);
    latencies.push(performance.now() - sent);
    idle.push(connection);
    if (status !== 200) throw new Error(`The guarded route answered ${status}: ${body}`);
  };
  await Promise.all(idle.map((connection) => connection.ask(requests[0]))); // the cost of connecting is not measured
  const start = performance.now();
  await new Promise((resolve) => {
    const sendDue = () => {
      const due = Math.min(total, Math.floor(((performance.now() - start) * rate) / 1000));
      while (underway.length < due) underway.push(sendOne(requests[underway.length % requests.length]));
      if (due === total) resolve();
      else setTimeout(sendDue, 1);
    };
    sendDue();
  });
  await Promise.all(underway);
  for (const connection of idle) connection.close();
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
};
