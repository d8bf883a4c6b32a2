import type { Request, RequestHandler, Response } from 'express';
import { requireHttps } from '../endpoints/transport';
import { kindOfError } from '../events/logger';
import { asOAuthError, DirectoryError } from '../protocol/errors';
import { redirect, type Answer } from '../pages/answer';
import { send } from '../pages/response';
import { securityHeaders } from '../pages/security-headers';
import { assets, assetUrls } from './assets/assets';
import { navigation } from './navigation';
import { IdCookie, mintVisitorId } from '../pages/session-cookie';
import { formTokenOf, isFormToken } from '../pages/form-token';
import { faultOf, type FormFault } from '../pages/form-fault';
import { notice } from '../pages/notice';
import { html } from '../pages/html';
import { layout } from '../pages/layout';
import { link } from '../pages/form';
import { isFromHere } from '../pages/origin';
import { problem, problemOf } from './pages/problem';
import { placeOf } from './place';
import { isReturn } from './returns';
import { routesOf } from './routes';
import { Router, type Route } from './router';
import type { PortalServices } from './services';
import { Visitors } from './visitors';
import type { Visit } from './visit';

/** RFC 6797: makes browsers use https only, for a year. Not set if the host application has already set the header. */
const TRANSPORT_SECURITY = 'Strict-Transport-Security';

const NO_FORM: Visit['form'] = new Map();

/** Creates the portal as a middleware for any mount path. Unknown paths are answered 404; `next` is never called. */
export const createPortal = (services: PortalServices): RequestHandler => {
  const { issuer, title, publicPath, apiUrl, forms, requireTls, logger } = services;
  const router = new Router(routesOf(services));
  const visitors = new Visitors(services);
  const cookie = new IdCookie(issuer.origin.startsWith('https:'));
  const addresses = { publicPath, apiUrl, issuerOrigin: issuer.origin };
  const apiOrigin = apiUrl === undefined ? undefined : new URL(apiUrl).origin;
  const headersFor = securityHeaders(apiOrigin);

  const sendAnswer = (response: Response, visit: Visit, answer: Answer, setCookie?: string): void => {
    const given = answer.kind === 'json' ? undefined : answer.cookie;
    const written = given ?? setCookie;
    const all = {
      ...headersFor(visit.origin),
      ...(written === undefined ? {} : { 'Set-Cookie': cookie.write(written, visit.mount) }),
    };
    if (answer.kind === 'redirect') {
      send(response, {
        status: 303,
        type: 'text/plain',
        text: '',
        headers: { ...all, Location: visit.mount + answer.to },
      });
    } else if (answer.kind === 'json') {
      const { status = 200, value } = answer;
      send(response, { status, type: 'application/json', text: JSON.stringify(value), headers: all });
    } else {
      const { status = 200, next } = answer;
      const body = html`${answer.body}${next !== undefined && html`<p>${link(visit, next.to, next.text)}</p>`}`;
      const text = layout({
        title: answer.title,
        siteTitle: title,
        files: assetUrls(visit.mount),
        navigation: navigation(visit),
        body,
      });
      send(response, { status, type: 'text/html; charset=utf-8', text, headers: { ...all, ...answer.headers } });
    }
  };

  const answerTo = async (
    request: Request,
    bare: Visit,
    { route, sentForm }: { readonly route: Route; readonly sentForm: Promise<Visit['form']> | undefined },
  ): Promise<Answer> => {
    if (sentForm === undefined) return answerPage(bare, route);
    const form = await sentForm;
    if (!isFromHere(request, bare.origin, issuer.origin) || !isFormToken(form.get('form_token'), bare.id))
      return problem.forged;
    const visit = { ...bare, form };
    try {
      return await answerPage(visit, route);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      return showAgain(visit, fault);
    }
  };

  const answerPage = async (visit: Visit, route: Route): Promise<Answer> => {
    if (route.for === 'anyone') return route.handle(visit);
    const { user } = visit;
    if (user === undefined) return signInFirst(visit, route.method);
    // Not 403, because users who are not administrators must not find out that the page exists.
    if (route.for === 'admins' && !user.isAdmin) return problem.notFound;
    return route.handle({ ...visit, user });
  };

  /** Redirects to the sign-in and then back: to the page with its query, or to the page that contains the form. */
  const signInFirst = ({ path, query }: Visit, method: Route['method']): Answer => {
    const search = query.size === 0 ? '' : `?${query.toString()}`;
    const back = method === 'GET' ? path + search : router.pageOf(path);
    return redirect(`/sign-in${isReturn(router, back) ? `?return=${encodeURIComponent(back)}` : ''}`);
  };

  /** Renders the page of a form again, with the submitted values and the fault. */
  const showAgain = async (visit: Visit, fault: FormFault): Promise<Answer> => {
    const path = router.pageOf(visit.path);
    const found = router.find('GET', path);
    if (!('route' in found)) return problem.notFound;
    const shown = { ...visit, path, params: found.params, fault };
    const answer = await answerPage(shown, found.route);
    if (answer.kind !== 'page') return answer;
    return { ...answer, status: fault.status, body: html`${notice('wrong', fault.sentence)}${answer.body}` };
  };

  const failed = (thrown: unknown): Answer => {
    if (thrown instanceof DirectoryError) return problemOf(thrown);
    const error = asOAuthError(thrown);
    if (error.code === 'server_error')
      logger.error({ ...kindOfError(thrown), place: 'portal' }, 'A request failed unexpectedly');
    return problemOf(error);
  };

  /**
   * Adds the user of the session in the cookie. The id of an ended session is replaced, because an attacker who planted
   * it could compute the token of forms.
   */
  const identify = async (request: Request, visit: Visit, sent: string | undefined): Promise<Visit> => {
    if (sent === undefined) return visit;
    const user = await visitors.recognize(sent);
    if (user !== undefined) return { ...visit, user };
    const isEnded = sent.startsWith('s') && request.method !== 'POST';
    return isEnded ? { ...visit, ...idOf(mintVisitorId()) } : visit;
  };

  const serve = async (request: Request, response: Response): Promise<void> => {
    if (request.secure && !response.hasHeader(TRANSPORT_SECURITY)) {
      response.setHeader(TRANSPORT_SECURITY, 'max-age=31536000');
    }
    const place = placeOf(request, addresses);
    const asset = assets.find(place.path);
    if (asset !== undefined && (request.method === 'GET' || request.method === 'HEAD')) {
      send(response, { status: 200, ...asset, headers: headersFor(place.origin), maxAge: 3600 });
      return;
    }
    // Reading begins in the first tick, because data that arrives during the store's session look-up would be lost.
    const sentForm = request.method === 'POST' ? forms.read(request) : undefined;
    sentForm?.catch(() => undefined); // a rejection matters only if the route needs the form
    const sent = cookie.read(request.headers.cookie, place.mount);
    let visit: Visit = {
      ...place,
      ...idOf(sent ?? mintVisitorId()),
      params: {},
      form: NO_FORM,
      address: request.ip ?? '',
    };
    const answer = async (): Promise<Answer> => {
      requireHttps(request, { requireTls, logger });
      visit = await identify(request, visit, sent);
      const found = router.find(request.method === 'HEAD' ? 'GET' : request.method, visit.path);
      if ('route' in found) {
        return answerTo(request, { ...visit, params: found.params }, { route: found.route, sentForm });
      }
      if (found.allowed.length === 0) return problem.notFound;
      // A GET of a path that takes only a form, such as after a reload, redirects to the page of the form.
      const isOpened = request.method === 'GET' || request.method === 'HEAD';
      return isOpened ? redirect(router.pageOf(visit.path)) : problem.notAllowed(found.allowed);
    };
    const answered = await answer().catch(failed);
    sendAnswer(response, visit, answered, visit.id === sent ? undefined : visit.id);
  };

  return (request, response) => {
    serve(request, response).catch(() => response.destroy());
  };
};

const idOf = (id: string): Pick<Visit, 'id' | 'formToken'> => ({ id, formToken: formTokenOf(id) });
