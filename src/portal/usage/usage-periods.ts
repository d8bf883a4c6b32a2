import type { ApplicationInfo } from '../../directory/application-info';
import { html, type Html } from '../../pages/html';
import { isPeriod, PERIODS, type UsagePeriod } from '../../usage/resolutions';
import type { FoundUsage } from '../../usage/usage';
import type { PageServices } from '../page-services';
import type { Visit } from '../visit';

/** Number of applications whose usage is read together. */
const APPLICATIONS_TOGETHER = 50;

/** Returns the period that the URL names. @default day */
export const periodOf = ({ query }: Visit): UsagePeriod => {
  const named = query.get('period');
  return isPeriod(named) ? named : 'day';
};

/** Renders the links to the other periods of the same page. */
export const periodLinks = (visit: Visit): Html => {
  const { mount, path, texts } = visit;
  const current = periodOf(visit);
  const names = Object.keys(PERIODS).filter(isPeriod);
  return html`<ul class="periods" aria-label="${texts.usage.periods}">
    ${names.map(
      (name) =>
        html`<li>
          <a href="${mount}${path}?period=${name}" ${name === current && html` aria-current="true"`}
            >${texts.usage.period[name]}</a
          >
        </li>`,
    )}
  </ul>`;
};

/** Reads the usage of applications, in their order. */
export const findUsages = async <A extends Pick<ApplicationInfo, 'id'>>(
  applications: readonly A[],
  period: UsagePeriod,
  { usage }: Pick<PageServices, 'usage'>,
): Promise<readonly (readonly [application: A, found: FoundUsage])[]> => {
  const found: (readonly [A, FoundUsage])[] = [];
  for (let start = 0; start < applications.length; start += APPLICATIONS_TOGETHER) {
    const together = applications.slice(start, start + APPLICATIONS_TOGETHER);
    found.push(
      ...(await Promise.all(
        together.map(async (application) => [application, await usage.findFresh(application.id, period)] as const),
      )),
    );
  }
  return found;
};

/** Joins the usage of applications; `undefined` if there is none. */
export const joinUsages = (usages: readonly FoundUsage[]): FoundUsage | undefined => {
  const [first] = usages;
  return first && { ...first, counts: usages.flatMap(({ counts }) => counts) };
};
