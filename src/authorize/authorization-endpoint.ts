import type { Request, Response } from 'express';
import type { FormReader } from '../endpoints/body';
import { requireHttps, type TransportRules } from '../endpoints/transport';
import type { Emit } from '../events/emitter';
import { kindOfError } from '../events/logger';
import type { ObservedRequests } from '../events/request-facts';
import type { LanguageCookie } from '../pages/language-cookie';
import { errorAnswer } from '../pages/problem-page';
import { send } from '../pages/response';
import { pageHeaders } from '../pages/security-headers';
import { mintVisitorId, type IdCookie } from '../pages/session-cookie';
import { DEFAULT_LANGUAGE, findAcceptedLanguage, LANGUAGES, type Language } from '../pages/texts/languages';
import { TRANSPORT_SECURITY } from '../pages/transport-security';
import { asOAuthError } from '../protocol/errors';
import type { Parameters } from '../protocol/parameters';
import { printQuery, readQuery } from '../protocol/query';
import { assets } from './assets/assets';
import type { Outcome } from './outcome';
import { problems } from './pages/problems';
import type { AuthorizationRequests, Handle } from './requests';
import { sendOutcome, type Presentation } from './send-outcome';
import type { Visit } from './visit';

/** Handlers of an authorization request, each for a method and a path below the endpoint. */
export type Steps = Readonly<Record<'proceed' | 'signInAsAnother' | 'decide', Handle>> & {
  /** Absent if users sign in elsewhere. */
  readonly signIn?: Handle;
};

export interface EndpointServices extends TransportRules {
  /** Path of the endpoint below the mount path of all endpoints. */
  readonly path: string;
  readonly presentation: Omit<Presentation, 'language'>;
  readonly sessionCookie: IdCookie;
  readonly browserCookie: IdCookie;
  readonly languageCookie: LanguageCookie;
  readonly requests: AuthorizationRequests;
  readonly steps: Steps;
  readonly forms: FormReader;
  readonly observed: ObservedRequests;
  readonly emit: Emit;
}

const NO_FORM: Parameters = new Map();

/** Splits the target of a request, as sent, into the path below the endpoint and the query. */
const placeOf = ({ url }: Request, path: string): readonly [below: string, query: string] => {
  const mark = url.indexOf('?');
  return mark === -1 ? [url.slice(path.length), ''] : [url.slice(path.length, mark), url.slice(mark + 1)];
};

/** The authorization endpoint (RFC 6749 §3.1) and the pages below it. */
export class AuthorizationEndpoint {
  readonly #services: EndpointServices;

  constructor(services: EndpointServices) {
    this.#services = services;
  }

  async serve(request: Request, response: Response): Promise<void> {
    if (request.secure && !response.hasHeader(TRANSPORT_SECURITY.name)) {
      response.setHeader(TRANSPORT_SECURITY.name, TRANSPORT_SECURITY.value);
    }
    const [below, query] = placeOf(request, this.#services.path);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const asset = isRead ? assets.find(below, new URLSearchParams(query), pageHeaders({})) : undefined;
    if (asset !== undefined) return send(response, asset);
    const outcome = await this.#outcomeOf(request, below, query).catch((thrown: unknown) =>
      this.#problemOf(request, thrown),
    );
    if (outcome.kind === 'response') {
      const reason = outcome.response.parameters['error'];
      if (reason !== undefined) this.#services.observed.note(request, { reason });
    }
    sendOutcome(response, outcome, {
      ...this.#services.presentation,
      language: this.#findLanguage(request) ?? DEFAULT_LANGUAGE,
    });
  }

  async #outcomeOf(request: Request, below: string, query: string): Promise<Outcome> {
    // Reading begins in the first tick, because data that arrives during a look-up in the store would be lost.
    const sentForm = request.method === 'POST' ? this.#services.forms.read(request) : undefined;
    sentForm?.catch(() => undefined); // a rejection matters only if the form is needed
    requireHttps(request, this.#services);
    const { requests, steps } = this.#services;
    if (sentForm !== undefined) return this.#submit(request, below, sentForm);
    if (request.method !== 'GET') return this.#refuse(below);
    const visit = this.#visitOf(request, NO_FORM);
    const transactionId = new URLSearchParams(query).get('transaction') ?? '';
    if (below === '') return requests.begin(visit, query, steps.proceed);
    if (below === '/resume') return requests.resume(visit, transactionId, steps.proceed);
    if (below === '/sign-in') return requests.resume(visit, transactionId, steps.signInAsAnother);
    return this.#refuse(below);
  }

  async #submit(request: Request, below: string, sentForm: Promise<Parameters>): Promise<Outcome> {
    const { requests, steps, presentation } = this.#services;
    if (below === '') {
      // Browsers send no SameSite=Lax cookies with a POST from another site, so the request is repeated by GET.
      const query = printQuery(await sentForm);
      readQuery(query); // refuses what the GET would be refused for
      return { kind: 'redirect', to: `${presentation.mount}?${query}` };
    }
    const step = { '/sign-in': steps.signIn, '/decision': steps.decide }[below];
    return step === undefined ? this.#refuse(below) : requests.submit(this.#visitOf(request, await sentForm), step);
  }

  /** Refuses a method, or a path that does not exist. */
  #refuse(below: string): Outcome {
    const methods = new Map([
      ['', 'GET, POST'],
      ['/resume', 'GET'],
      ['/sign-in', this.#services.steps.signIn === undefined ? 'GET' : 'GET, POST'],
      ['/decision', 'POST'],
    ]).get(below);
    return { kind: 'page', page: methods === undefined ? problems.notFound : problems.notAllowed(methods) };
  }

  #visitOf(request: Request, form: Parameters): Visit {
    const { presentation, sessionCookie, browserCookie } = this.#services;
    const found = this.#findLanguage(request);
    const language = found ?? DEFAULT_LANGUAGE;
    const browserId = browserCookie.read(request.headers.cookie);
    return {
      request,
      mount: presentation.mount,
      address: request.ip ?? '',
      browserId: browserId ?? mintVisitorId(),
      isNewBrowser: browserId === undefined,
      isLanguageFound: found !== undefined,
      language,
      texts: LANGUAGES[language],
      sessionId: sessionCookie.read(request.headers.cookie),
      form,
    };
  }

  /** Finds the language that the user has chosen, else the browser's. */
  #findLanguage(request: Request): Language | undefined {
    const { cookie, 'accept-language': accepted } = request.headers;
    return this.#services.languageCookie.read(cookie) ?? findAcceptedLanguage(accepted);
  }

  #problemOf(request: Request, thrown: unknown): Outcome {
    const { logger, observed, emit } = this.#services;
    const error = asOAuthError(thrown);
    const { status, reason } = error;
    if (error.code === 'server_error') {
      logger.error({ ...kindOfError(thrown), place: 'authorize' }, 'A request failed unexpectedly');
    }
    observed.note(request, { reason });
    if (status === 503) emit({ type: 'deny', place: 'authorize', status, reason });
    return { kind: 'page', page: errorAnswer(error) };
  }
}
