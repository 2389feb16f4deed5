import { projectOf, type ProjectReference } from './accounts.ts';
import { noteRelease } from './implicit-release.ts';
import type { Commit, Release, SessionHour } from './model.ts';
import type { State } from './state.ts';

const hour = 3_600_000;

export interface CommitOptions {
  readonly id?: string;
  readonly message?: string;
  readonly author?: { readonly name: string; readonly email: string };
  readonly dateCreated?: number;
  readonly files?: readonly string[];
}

export interface ReleaseOptions {
  readonly projects?: readonly ProjectReference[];
  readonly dateCreated?: number;
  readonly dateReleased?: number;
  readonly commits?: readonly CommitOptions[];
  readonly deploys?: readonly { readonly environment?: string; readonly at: number; readonly name?: string }[];
  /** files of one further commit, when only they matter */
  readonly commitFiles?: readonly string[];
}

export interface SessionOptions {
  readonly release: string;
  readonly environment?: string;
  readonly from: number;
  readonly to: number;
  readonly perHour: number;
  /** 0–1 */
  readonly crashRate: number;
  /** distinct users an hour; as many as sessions by default */
  readonly users?: number;
}

function commitOf(state: State, options: CommitOptions, dateCreated: number): Commit {
  return {
    id: options.id ?? state.nextId().toString(16).padStart(40, '0'),
    message: options.message ?? 'Change something',
    author: options.author ?? { name: 'Ada', email: 'ada@cinecom.example' },
    dateCreated: options.dateCreated ?? dateCreated,
    files: options.files ?? [],
  };
}

/** Adding a version again widens its projects and adds commits and deploys. */
export function addRelease(state: State, version: string, options: ReleaseOptions = {}): Release {
  const projects = (options.projects ?? []).map((each) => projectOf(state, each));
  const dateCreated = options.dateCreated ?? state.clock.now() - hour;
  const organization = projects[0]?.organization ?? state.organizations[0];
  if (!organization) throw new Error('the world has no organization');
  const known = state.releases.find((each) => each.version === version && each.organization === organization);
  const release: Release = known ?? {
    id: String(state.nextId()),
    version,
    organization,
    projects: [],
    dateCreated,
    dateReleased: undefined,
    isImplicit: false,
    commits: [],
    deploys: [],
  };
  if (!known) state.releases.push(release);
  if (options.dateCreated !== undefined) release.dateCreated = options.dateCreated;
  release.isImplicit = false;
  release.dateReleased = options.dateReleased ?? release.dateReleased;
  release.projects.push(...projects.filter((each) => !release.projects.includes(each)));
  const extra = options.commitFiles ? [{ files: options.commitFiles }] : [];
  release.commits.push(
    ...[...(options.commits ?? []), ...extra].map((each) => commitOf(state, each, release.dateCreated)),
  );
  for (const deploy of options.deploys ?? []) {
    release.deploys.push({
      id: String(state.nextId()),
      environment: deploy.environment ?? 'production',
      dateStarted: undefined,
      dateFinished: deploy.at,
      name: deploy.name ?? '',
    });
  }
  return release;
}

/** Whole hours from `from`; the crashed are rounded over the whole span, so that the rate is exact. */
export function addSessions(
  state: State,
  reference: ProjectReference,
  options: SessionOptions,
): readonly SessionHour[] {
  const project = projectOf(state, reference);
  const environment = options.environment ?? 'production';
  project.environments.add(environment);
  noteRelease(state, project, options.release, options.from);
  const added: SessionHour[] = [];
  for (let at = options.from; at < options.to; at += hour) {
    const count = added.length;
    const crashedUntil = (hours: number): number => Math.round(hours * options.perHour * options.crashRate);
    added.push({
      project,
      release: options.release,
      environment,
      at,
      sessions: Math.round((count + 1) * options.perHour) - Math.round(count * options.perHour),
      crashed: crashedUntil(count + 1) - crashedUntil(count),
      users: options.users ?? Math.ceil(options.perHour),
    });
  }
  state.sessions.push(...added);
  return added;
}
