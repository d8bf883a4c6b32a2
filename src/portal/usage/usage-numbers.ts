import type { Content } from '../../pages/html';
import type { Texts } from '../../pages/texts/texts';
import { numbersOf, type Latency } from '../../usage/numbers';
import type { Tally } from '../../usage/tally';

/** The kinds of requests that pages distinguish, in the order of a bar: the lowest first. */
export const KINDS = ['served', 'clientErrors', 'serverErrors', 'refused'] as const;

export type Kind = (typeof KINDS)[number];

/** Numbers of requests as pages show them. */
export interface ShownNumbers extends Readonly<Record<Kind, number>> {
  readonly requests: number;
  /** Of the API: 4xx and 5xx. */
  readonly errors: number;
  readonly latency?: Latency;
}

/** A client that disconnected counts as a 4xx error, as its status in logs and metrics does (499). */
export const shownNumbers = (tally: Tally): ShownNumbers => {
  const { requests, refused, responses, ...others } = numbersOf(tally);
  const clientErrors = responses.clientError + responses.cancelled;
  return {
    requests,
    served: responses.success + responses.redirect,
    clientErrors,
    serverErrors: responses.serverError,
    errors: clientErrors + responses.serverError,
    refused: refused.forbidden + refused.limited + refused.other,
    ...others,
  };
};

type NumberTexts = Pick<Texts, 'usage' | 'phrases'>;

/** Column heads of `numberCells`. */
export const numberHeads = ({ usage }: NumberTexts): readonly string[] => [
  usage.requests,
  usage.served,
  usage.clientErrors,
  usage.serverErrors,
  usage.refused,
];

export const numberCells = (numbers: ShownNumbers, { phrases }: NumberTexts): readonly string[] =>
  [numbers.requests, ...KINDS.map((kind) => numbers[kind])].map((number) => phrases.number(number));

/** Column heads of `latencyCells`. */
export const latencyHeads = ({ usage }: NumberTexts): readonly string[] => [usage.median, usage.slowest];

export const latencyCells = ({ latency }: ShownNumbers, { phrases, usage }: NumberTexts): readonly Content[] =>
  latency === undefined
    ? ['–', '–']
    : [latency.p50, latency.p95].map((milliseconds) => usage.milliseconds(phrases.number(milliseconds)));
