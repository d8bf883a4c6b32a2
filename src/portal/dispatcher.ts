import { redirect, type Answer } from '../pages/answer';
import { faultOf, type FormFault } from '../pages/form-fault';
import { html } from '../pages/html';
import { notice } from '../pages/notice';
import type { PageServices } from './page-services';
import { problem } from './pages/problem';
import { addressOf } from './place';
import type { Route, Router } from './router';
import type { Visit } from './visit';

/** Passes requests to the pages and forms that the visitor may use. */
export class Dispatcher {
  readonly #router: Router;
  readonly #services: PageServices;

  constructor(router: Router, services: PageServices) {
    this.#router = router;
    this.#services = services;
  }

  async openPage(visit: Visit, route: Route): Promise<Answer> {
    if (route.for === 'anyone') return route.handle(visit, this.#services);
    const { user } = visit;
    if (route.for === 'readers') {
      const isReader = user !== undefined || this.#services.isCataloguePublic;
      return isReader ? route.handle(visit, this.#services) : this.#signInFirst(visit, route.method);
    }
    if (user === undefined) return this.#signInFirst(visit, route.method);
    // Not 403, because users who are not administrators must not find out that the page exists.
    if (route.for === 'admins' && !user.isAdmin) return problem.notFound;
    return route.handle({ ...visit, user }, this.#services);
  }

  /** Handles a form. After a fault its page is rendered again. */
  async submitForm(visit: Visit, route: Route): Promise<Answer> {
    try {
      return await this.openPage(visit, route);
    } catch (error) {
      const fault = faultOf(error, visit.texts);
      if (fault === undefined) throw error;
      return this.#showAgain(visit, fault);
    }
  }

  /** Redirects to the sign-in and then back: to the page with its query, or to the page that contains the form. */
  #signInFirst(visit: Visit, method: Route['method']): Answer {
    const back = method === 'GET' ? addressOf(visit) : this.#router.pageOf(visit.path);
    return redirect(
      `/sign-in${this.#services.returnAddresses.allows(back) ? `?return=${encodeURIComponent(back)}` : ''}`,
    );
  }

  /** Renders the page of a form again, with the submitted values and the fault. */
  async #showAgain(visit: Visit, fault: FormFault): Promise<Answer> {
    const path = this.#router.pageOf(visit.path);
    const found = this.#router.find('GET', path);
    if (!('route' in found)) return problem.notFound;
    const answer = await this.openPage({ ...visit, path, params: found.params, fault }, found.route);
    if (answer.kind !== 'page') return answer;
    return { ...answer, status: fault.status, body: html`${notice('wrong', fault.sentence)}${answer.body}` };
  }
}
