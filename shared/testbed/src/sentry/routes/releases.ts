import { missing } from '../api-error.ts';
import { releasesOf } from '../answers/issue.ts';
import { isoTime } from '../clock.ts';
import { answerPage } from '../paging.ts';
import { type Answer, type Call, organizationPath, type Route, scopes } from '../route.ts';
import { environmentsOf, projectsOf } from '../scope.ts';
import type { Commit, Deploy, Project, Release } from '../world/model.ts';

function showDeploy(deploy: Deploy): Record<string, unknown> {
  return {
    id: deploy.id,
    environment: deploy.environment,
    dateStarted: deploy.dateStarted === undefined ? null : isoTime(deploy.dateStarted),
    dateFinished: isoTime(deploy.dateFinished),
    name: deploy.name,
    url: null,
  };
}

/** `package@1.2.3+build` in its parts, when it has this form. */
function versionInfo(version: string): Record<string, unknown> | null {
  const match = /^(?:([^@]+)@)?((\d+)\.(\d+)(?:\.(\d+))?(?:-([\w.]+))?(?:\+([\w.]+))?)$/.exec(version);
  if (!match) return { package: null, version: { raw: version }, description: version, buildHash: null };
  const [, name = null, raw = version, major, minor, patch = '0', pre = null, build = null] = match;
  return {
    package: name,
    version: {
      raw,
      major: Number(major),
      minor: Number(minor),
      patch: Number(patch),
      pre,
      buildCode: build,
      components: 3,
    },
    description: raw,
    buildHash: null,
  };
}

function newIssuesOf(call: Call, release: Release, project?: Project): number {
  return call.state.issues.filter(
    (issue) =>
      (project ? issue.project === project : release.projects.includes(issue.project)) &&
      releasesOf(issue, call.now).first === release.version,
  ).length;
}

function eventTimes(call: Call, release: Release): { first: string | null; last: string | null } {
  let [first, last] = [Infinity, -Infinity];
  for (const run of call.state.errors) {
    if (run.constants.get('release') !== release.version || !run.isVisible()) continue;
    for (const at of run.at) {
      if (at > call.now) break;
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
  }
  return first === Infinity ? { first: null, last: null } : { first: isoTime(first), last: isoTime(last) };
}

function showReleaseProject(call: Call, release: Release, project: Project): Record<string, unknown> {
  const { id, slug, name, platform } = project;
  return {
    id: Number(id),
    slug,
    name,
    platform,
    platforms: platform === null ? [] : [platform],
    hasHealthData: call.state.sessions.some((each) => each.project === project && each.release === release.version),
    newGroups: newIssuesOf(call, release, project),
  };
}

function showRelease(call: Call, release: Release): Record<string, unknown> {
  const times = eventTimes(call, release);
  const deploys = release.deploys.filter((each) => each.dateFinished <= call.now);
  const lastDeploy = deploys.toSorted((left, right) => right.dateFinished - left.dateFinished)[0];
  const authors = new Map(release.commits.map(({ author }) => [author.email, author]));
  return {
    id: Number(release.id),
    version: release.version,
    shortVersion: release.version.split('@').at(-1) ?? release.version,
    versionInfo: versionInfo(release.version),
    status: 'open',
    ref: null,
    url: null,
    dateCreated: isoTime(release.dateCreated),
    dateReleased: release.dateReleased === undefined ? null : isoTime(release.dateReleased),
    newGroups: newIssuesOf(call, release),
    data: {},
    commitCount: release.commits.length,
    deployCount: deploys.length,
    lastCommit: release.commits[0] ? { id: release.commits[0].id } : null,
    lastDeploy: lastDeploy ? showDeploy(lastDeploy) : null,
    firstEvent: times.first,
    lastEvent: times.last,
    authors: [...authors.values()],
    projects: release.projects.map((project) => showReleaseProject(call, release, project)),
    owner: null,
    currentProjectMeta: {},
    userAgent: null,
  };
}

function releaseOf(call: Call): Release {
  const found = call.state.releases.find(
    (each) => each.version === call.parameters['version'] && each.organization === call.organization,
  );
  if (!found || found.dateCreated > call.now || !found.projects.some((project) => project.visible)) throw missing();
  return found;
}

function isInEnvironment(call: Call, release: Release, environments: readonly string[]): boolean {
  if (environments.length === 0 || release.deploys.some((each) => environments.includes(each.environment))) return true;
  const runs = [...call.state.errors, ...call.state.spans];
  return (
    runs.some(
      (run) =>
        run.constants.get('release') === release.version &&
        environments.includes(String(run.constants.get('environment'))),
    ) || call.state.sessions.some((each) => each.release === release.version && environments.includes(each.environment))
  );
}

function listReleases(call: Call): Answer {
  const [projects, environments] = [projectsOf(call), environmentsOf(call)];
  const wanted = (call.query.get('query') ?? '')
    .replace(/^release:/, '')
    .replaceAll('"', '')
    .toLowerCase();
  const releases = call.state.releases
    .filter(
      (release) =>
        release.dateCreated <= call.now &&
        release.projects.some((project) => projects.has(project)) &&
        release.version.toLowerCase().includes(wanted) &&
        isInEnvironment(call, release, environments),
    )
    .toSorted((left, right) => right.dateCreated - left.dateCreated || Number(right.id) - Number(left.id));
  return answerPage(call, releases, (release) => showRelease(call, release));
}

function showCommit(call: Call, release: Release, commit: Commit): Record<string, unknown> {
  const [repository] = call.state.repositories;
  return {
    id: commit.id,
    message: commit.message,
    dateCreated: isoTime(commit.dateCreated),
    pullRequest: null,
    suspectCommitType: '',
    author: commit.author,
    ...(repository ? { repository: repository.body } : {}),
    releases: [
      {
        version: release.version,
        shortVersion: release.version.split('@').at(-1) ?? release.version,
        ref: null,
        url: null,
        dateReleased: null,
        dateCreated: isoTime(release.dateCreated),
      },
    ],
  };
}

function listCommitFiles(call: Call): Answer {
  const release = releaseOf(call);
  const files = release.commits.flatMap((commit) => commit.files.map((filename) => ({ commit, filename })));
  return answerPage(call, files, ({ commit, filename }) => ({
    id: `${commit.id}:${filename}`,
    orgId: Number(call.organization.id),
    type: 'M',
    filename,
    author: commit.author,
    commitMessage: commit.message,
    repoName: 'cinecom/cinema',
    dateCreated: isoTime(commit.dateCreated),
  }));
}

const releasePath = `${organizationPath}releases/{version}/`;
const common = { method: 'GET', scopes: scopes.release, feature: 'releases' } as const;

export const releaseRoutes: readonly Route[] = [
  { ...common, template: `${organizationPath}releases/`, handle: listReleases },
  { ...common, template: releasePath, handle: (call) => ({ body: showRelease(call, releaseOf(call)) }) },
  {
    ...common,
    template: `${releasePath}commits/`,
    handle: (call) => {
      const release = releaseOf(call);
      return answerPage(call, release.commits, (commit) => showCommit(call, release, commit));
    },
  },
  {
    ...common,
    template: `${releasePath}deploys/`,
    handle: (call) => {
      const deploys = releaseOf(call).deploys.filter((each) => each.dateFinished <= call.now);
      return answerPage(
        call,
        deploys.toSorted((left, right) => right.dateFinished - left.dateFinished),
        showDeploy,
      );
    },
  },
  { ...common, template: `${releasePath}commitfiles/`, handle: listCommitFiles },
];
