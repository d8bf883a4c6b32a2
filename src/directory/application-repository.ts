import { DirectoryError } from '../protocol/errors';
import { groupKeyOf, groupsOf, type ApplicationGroup } from './application-groups';
import type { ApplicationCollection, GroupPage, OwnedInsert } from './directory-store';
import { isOfAnotherUser } from './ownership';
import { pendingRequest, type PendingRequest, type RequestPage } from './pending-requests';
import type { RecordKind } from './record-kind';
import type { Application } from './records';
import { Repository } from './repository';
import { readStoredApplication } from './stored-records';
import { isPending, requestPosition } from './subscription-requests';

const PAGE_SIZE = 200;

const byId = (one: Application, other: Application): number => (one.id < other.id ? -1 : 1);

/** A part of a group. */
export interface ApplicationPage {
  /** Ordered by id. */
  readonly applications: readonly Application[];
  /** The id that the next part follows. Absent on the last part. */
  readonly next?: string;
}

/** A kind of records whose collection has an index of groups. */
export interface ApplicationKind extends RecordKind<Application> {
  readonly stored: ApplicationCollection;
}

/** Applications: the declared ones first, then those created at run time, which are indexed by owner and organization. */
export class ApplicationRepository extends Repository<Application> {
  readonly #stored: ApplicationCollection;

  constructor(kind: ApplicationKind) {
    super(kind);
    this.#stored = kind.stored;
  }

  /**
   * Like `create`, unless its owner has reached a limit.
   * @param maxOfOwner maximum number of applications of an owner that are created at run time; `Infinity` for any number
   * @throws DirectoryError `ERR_SCOPEGATE_LIMIT`, `ERR_SCOPEGATE_EXISTS`
   */
  async createOwned(application: Application, maxOfOwner: number): Promise<Application> {
    const { id, owner } = application;
    if (owner === undefined) return this.create(id, application);
    const outcome = await this.#insertOwned(application, owner, maxOfOwner);
    if (outcome === 'limited') {
      throw new DirectoryError(
        'ERR_SCOPEGATE_LIMIT',
        `the limit of applications per user is reached (applicationsPerUser: ${maxOfOwner}); remove an application first`,
        { name: 'too_many_applications', max: maxOfOwner },
      );
    }
    return outcome === 'inserted' ? application : this.create(id, application); // which throws that the id is taken
  }

  /**
   * Yields the applications of a group: the declared ones, then those created at run time, ordered by id. Reads the
   * store, and only the records of the group. The group of an owner may contain applications of another owner.
   */
  async *listGroup(group: ApplicationGroup): AsyncGenerator<Application> {
    yield* await this.#listDeclared(group);
    for (let after: string | undefined; ;) {
      const page = await this.#stored.listGroup(group, { ...(after === undefined ? {} : { after }), limit: PAGE_SIZE });
      yield* this.#readable(page);
      after = page.at(-1)?.[0];
      if (page.length < PAGE_SIZE) return;
    }
  }

  /** Returns a part of a group, declared applications included, ordered by id. Reads no more records than it may return. */
  async findFreshPage(group: ApplicationGroup, { after = '', limit }: GroupPage): Promise<ApplicationPage> {
    const [declared, stored] = await Promise.all([
      this.#listDeclared(group),
      this.#stored.listGroup(group, { ...(after === '' ? {} : { after }), limit: limit + 1 }),
    ]);
    // Beyond the last record that was read there may be more, between declared ones.
    const end = stored.length > limit ? stored.at(-1)?.[0] : undefined;
    const all = [...declared.filter(({ id }) => id > after), ...this.#readable(stored)]
      .filter(({ id }) => end === undefined || id <= end)
      .sort(byId);
    const applications = all.slice(0, limit);
    const next = all.length > limit ? applications.at(-1)?.id : end;
    return next === undefined ? { applications } : { applications, next };
  }

  /** Returns a part of the pending requests of an organization's applications; `after` is the position of a request. */
  async findFreshRequests(organization: string | undefined, { limit, ...page }: GroupPage): Promise<RequestPage> {
    const listed = await this.#stored.listRequests(organization, { ...page, limit: limit + 1 });
    const entries = listed.slice(0, limit);
    const requests = entries.flatMap(({ position, applicationId, record }) => {
      const [application] = this.#readable([[applicationId, record]]);
      const request = application?.requests?.find((one) => isPending(one) && requestPosition(one) === position);
      return application === undefined || request === undefined ? [] : [pendingRequest(application, request)];
    });
    const last = entries.at(-1);
    return listed.length > limit && last !== undefined ? { requests, next: last.position } : { requests };
  }

  /** Yields the pending requests of an organization's applications, the oldest first. */
  async *listRequests(organization: string | undefined): AsyncGenerator<PendingRequest> {
    for (let after: string | undefined; ;) {
      const page = { limit: PAGE_SIZE, ...(after === undefined ? {} : { after }) };
      const { requests, next } = await this.findFreshRequests(organization, page);
      yield* requests;
      if (next === undefined) return;
      after = next;
    }
  }

  /** Inserts an application. Those of former users of the owner's name do not count towards the limit. */
  async #insertOwned(application: Application, owner: string, maxOfOwner: number): Promise<OwnedInsert> {
    const outcome = await this.#stored.insertOwned(application.id, application, maxOfOwner);
    if (outcome !== 'limited') return outcome;
    let ofOthers = 0;
    for await (const present of this.listGroup({ owner })) {
      if (!this.isDeclared(present.id) && isOfAnotherUser(present, application)) ofOthers += 1;
    }
    if (ofOthers === 0) return outcome;
    return this.#stored.insertOwned(application.id, application, maxOfOwner + ofOthers);
  }

  /** Returns the declared applications of a group. */
  async #listDeclared(group: ApplicationGroup): Promise<readonly Application[]> {
    const key = groupKeyOf(group);
    const found: Application[] = [];
    for await (const application of this.declared.list()) {
      if (groupsOf(application).some((own) => groupKeyOf(own) === key)) found.push(application);
    }
    return found;
  }

  /** Reads listed records. One that cannot be read is skipped, and one whose id is now declared is hidden. */
  *#readable(page: readonly (readonly [key: string, stored: Application | undefined])[]): Generator<Application> {
    for (const [id, stored] of page) {
      const application = this.declared.has(id) ? undefined : readStoredApplication(id, stored);
      if (application !== undefined) yield application;
    }
  }
}
