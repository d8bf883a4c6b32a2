import type { Request, RequestHandler, Response } from 'express';
import { requireHttps } from '../endpoints/transport';
import { kindOfError } from '../events/logger';
import { redirect, type Answer } from '../pages/answer';
import type { Assets } from '../pages/assets/assets';
import { DEFAULT_LANGUAGE, findAcceptedLanguage, LANGUAGES, type Language } from '../pages/texts/languages';
import { formTokenOf, isFormToken } from '../pages/form-token';
import { isFromHere } from '../pages/origin';
import { LanguageCookie } from '../pages/language-cookie';
import { send } from '../pages/response';
import { securityHeaders } from '../pages/security-headers';
import { IdCookie, mintVisitorId } from '../pages/session-cookie';
import type { Texts } from '../pages/texts/texts';
import { TRANSPORT_SECURITY } from '../pages/transport-security';
import { asOAuthError, DirectoryError } from '../protocol/errors';
import { assetUrls, createAssets } from './assets/assets';
import { Dispatcher } from './dispatcher';
import { createPageServices, type PageServices } from './page-services';
import { problem, problemOf } from './pages/problem';
import { addressOf, placeOf, type Place } from './place';
import { HOME } from './returns';
import { PAGES, routesOf } from './routes';
import { Router, type Route } from './router';
import { sendAnswer, type Presentation } from './send-answer';
import type { PortalServices } from './services';
import type { Visit } from './visit';

const NO_FORM: Visit['form'] = new Map();

type SentForm = Promise<Visit['form']> | undefined;

const idOf = (id: string): Pick<Visit, 'id' | 'formToken'> => ({ id, formToken: formTokenOf(id) });

const isRead = ({ method }: Request): boolean => method === 'GET' || method === 'HEAD';

/** The pages of one portal. */
class Portal {
  readonly #services: PageServices;
  readonly #router: Router;
  readonly #dispatcher: Dispatcher;
  readonly #assets: Assets;
  readonly #presentation: Presentation;

  constructor(services: PortalServices) {
    const { title, look, issuer, apiUrl } = services;
    this.#services = createPageServices(services, PAGES);
    this.#router = new Router(routesOf(this.#services));
    this.#dispatcher = new Dispatcher(this.#router, this.#services);
    this.#assets = createAssets(look);
    this.#presentation = {
      siteAt: (mount) => ({
        title,
        home: `${mount}${HOME}`,
        ...assetUrls(this.#assets, mount, look),
        links: look.links,
      }),
      cookie: new IdCookie(issuer),
      languageCookie: new LanguageCookie(issuer),
      headersFor: securityHeaders(apiUrl === undefined ? undefined : new URL(apiUrl).origin),
    };
  }

  async serve(request: Request, response: Response): Promise<void> {
    if (request.secure && !response.hasHeader(TRANSPORT_SECURITY.name)) {
      response.setHeader(TRANSPORT_SECURITY.name, TRANSPORT_SECURITY.value);
    }
    const { issuer, publicPath, apiUrl, observed } = this.#services;
    observed.note(request, { place: 'portal' });
    const place = placeOf(request, { publicPath, apiUrl, issuerOrigin: issuer.origin });
    const headers = this.#presentation.headersFor(place.origin);
    const asset = isRead(request) ? this.#assets.find(place.path, place.query, headers) : undefined;
    if (asset === undefined) return this.#serveRoute(request, response, place);
    send(response, asset);
  }

  async #serveRoute(request: Request, response: Response, place: Place): Promise<void> {
    // Reading begins in the first tick, because data that arrives during the store's session look-up would be lost.
    const sentForm = request.method === 'POST' ? this.#services.forms.read(request) : undefined;
    sentForm?.catch(() => undefined); // a rejection matters only if the route needs the form
    const sent = this.#presentation.cookie.read(request.headers.cookie);
    const address = request.ip ?? '';
    const language = this.#languageOf(request);
    const isLanguageFixed = this.#services.language !== undefined;
    const opened = { ...place, ...idOf(sent ?? mintVisitorId()), params: {}, form: NO_FORM };
    let visit: Visit = {
      ...opened,
      address,
      language,
      texts: LANGUAGES[language],
      isLanguageFixed,
      pageAddress: isRead(request) ? addressOf(place) : undefined,
    };
    const handle = async (): Promise<Answer> => {
      requireHttps(request, this.#services);
      visit = await this.#identify(request, visit, sent);
      return this.#handle(request, visit, sentForm);
    };
    const answer = await handle().catch((thrown: unknown) => this.#problemFor(request, thrown, visit.texts));
    sendAnswer(response, visit, answer, visit.id === sent ? undefined : visit.id, this.#presentation);
  }

  /** Returns the language of the portal, else the one that the user has chosen, else the browser's. */
  #languageOf({ headers }: Request): Language {
    const { language } = this.#services;
    const chosen = language ?? this.#presentation.languageCookie.read(headers.cookie);
    return chosen ?? findAcceptedLanguage(headers['accept-language']) ?? DEFAULT_LANGUAGE;
  }

  /**
   * Adds the user of the session in the cookie. The id of an ended session is replaced, because an attacker who planted
   * it could compute the token of forms.
   */
  async #identify(request: Request, visit: Visit, sent: string | undefined): Promise<Visit> {
    if (sent === undefined) return visit;
    const user = await this.#services.visitors.recognize(sent);
    if (user !== undefined) return { ...visit, user };
    const isEnded = sent.startsWith('s') && request.method !== 'POST';
    return isEnded ? { ...visit, ...idOf(mintVisitorId()) } : visit;
  }

  async #handle(request: Request, visit: Visit, sentForm: SentForm): Promise<Answer> {
    const found = this.#router.find(request.method === 'HEAD' ? 'GET' : request.method, visit.path);
    if ('route' in found) {
      const opened = { ...visit, params: found.params };
      return sentForm === undefined
        ? this.#dispatcher.openPage(opened, found.route)
        : this.#submit(request, opened, found.route, sentForm);
    }
    if (found.allowed.length === 0) return problem.notFound;
    // A GET of a path that takes only a form, such as after a reload, redirects to the page of the form.
    return isRead(request) ? redirect(this.#router.pageOf(visit.path)) : problem.notAllowed(found.allowed);
  }

  async #submit(request: Request, visit: Visit, route: Route, sentForm: Promise<Visit['form']>): Promise<Answer> {
    const form = await sentForm;
    const isOwn = isFromHere(request, visit.origin, this.#services.issuer.origin);
    if (!isOwn || !isFormToken(form.get('form_token'), visit.id)) return problem.forged;
    return this.#dispatcher.submitForm({ ...visit, form }, route);
  }

  #problemFor(request: Request, thrown: unknown, texts: Texts): Answer {
    if (thrown instanceof DirectoryError) return problemOf(thrown, texts);
    const error = asOAuthError(thrown);
    if (error.code === 'server_error')
      this.#services.logger.error({ ...kindOfError(thrown), place: 'portal' }, 'A request failed unexpectedly');
    const { status, reason } = error;
    this.#services.observed.note(request, { reason });
    if (status === 503) this.#services.emit({ type: 'deny', place: 'portal', status, reason });
    return problemOf(error, texts);
  }
}

/**
 * Creates a portal as a middleware for any mount path. The response to an unknown path is 404; `next` is never called.
 */
export const createPortal = (services: PortalServices): RequestHandler => {
  const portal = new Portal(services);
  return (request, response) => {
    portal.serve(request, response).catch(() => response.destroy());
  };
};
