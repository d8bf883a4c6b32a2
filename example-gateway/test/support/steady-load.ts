import { Agent, request as send } from 'node:http';
import { APPLICATION } from './gateway';

/** The numbers of requests, and the first failures in words. */
export interface LoadResult {
  readonly guarded: number;
  readonly tokens: number;
  readonly failed: number;
  readonly failures: readonly string[];
}

export interface SteadyLoad {
  /** The number of requests that were answered so far. */
  readonly answered: () => number;
  /** Ends the load when the requests in flight are answered. */
  stop(): Promise<LoadResult>;
}

const CLIENTS = 8;
const MAX_FAILURES_IN_WORDS = 10;

interface Answered {
  readonly status: number;
  readonly body: string;
}

const exchange = (
  url: string,
  options: { method: string; agent: Agent; headers: Record<string, string> },
  body = '',
): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const outgoing = send(url, options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      incoming.on('error', reject).on('end', () => resolve({ status: incoming.statusCode ?? 0, body: text }));
    });
    outgoing.on('error', reject).end(body);
  });

const basic = Buffer.from(`${APPLICATION.consumerKey}:${APPLICATION.consumerSecret}`).toString('base64');

/** Clients that get a token, use it for ten guarded requests, and get the next one. Every response must be 200. */
export const startLoad = (url: string): SteadyLoad => {
  const agent = new Agent({ keepAlive: true });
  const counts = { guarded: 0, tokens: 0, failed: 0 };
  const failures: string[] = [];
  let isStopping = false;

  const count = async (kind: 'guarded' | 'tokens', asked: Promise<Answered>): Promise<string> => {
    counts[kind] += 1;
    const { status, body } = await asked.catch((error: unknown) => ({ status: 0, body: String(error) }));
    if (status === 200) return body;
    counts.failed += 1;
    if (failures.length < MAX_FAILURES_IN_WORDS) failures.push(`${kind} ${status} ${body}`);
    return '{}';
  };
  const getToken = async (): Promise<string> => {
    const headers = { Authorization: `Basic ${basic}`, 'Content-Type': 'application/x-www-form-urlencoded' };
    const asked = exchange(
      `${url}/token`,
      { method: 'POST', agent, headers },
      'grant_type=client_credentials&scope=read',
    );
    const { access_token: token } = JSON.parse(await count('tokens', asked)) as { readonly access_token?: string };
    return token ?? '';
  };
  const runClient = async (): Promise<void> => {
    while (!isStopping) {
      const headers = { Authorization: `Bearer ${await getToken()}` };
      for (let index = 0; index < 10 && !isStopping; index += 1) {
        await count('guarded', exchange(`${url}/orders`, { method: 'GET', agent, headers }));
      }
    }
  };
  const clients = Promise.all(Array.from({ length: CLIENTS }, runClient));
  return {
    answered: () => counts.guarded + counts.tokens - counts.failed,
    stop: async () => {
      isStopping = true;
      await clients;
      agent.destroy();
      return { ...counts, failures };
    },
  };
};
