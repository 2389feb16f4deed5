import { isoTime } from '../clock.ts';
import type { Call } from '../route.ts';
import type { Project } from '../world/model.ts';
import { letterAvatar, showOrganization } from './organization.ts';

const projectSwitches = [
  'hasFeedbacks hasFlags hasMinifiedStackTrace hasMonitors hasNewFeedbacks hasProfiles hasReplays hasSessions',
  'hasInsightsHttp hasInsightsDb hasInsightsAssets hasInsightsAppStart hasInsightsScreenLoad hasInsightsVitals',
  'hasInsightsCaches hasInsightsQueues hasInsightsAgentMonitoring hasInsightsMCP hasLogs hasTraceMetrics',
  'isInternal isPublic isBookmarked',
].flatMap((line) => line.split(' '));

function firstEventOf(call: Call, project: Project): string | null {
  const times = call.state.errors.filter((run) => run.project === project).map((run) => run.at[0] ?? Infinity);
  const first = Math.min(...times);
  return first <= call.now ? isoTime(first) : null;
}

/** Without what only some routes add. */
export function showProjectBase(call: Call, project: Project): Record<string, unknown> {
  const { state } = call;
  return {
    ...Object.fromEntries(projectSwitches.map((name) => [name, false])),
    hasSessions: state.sessions.some((each) => each.project === project),
    hasMonitors: state.monitors.some((each) => each.project === project),
    hasLogs: state.logs.some((run) => run.project === project),
    id: project.id,
    slug: project.slug,
    name: project.name,
    platform: project.platform,
    dateCreated: isoTime(project.dateCreated),
    isMember: true,
    features: [],
    firstEvent: firstEventOf(call, project),
    firstTransactionEvent: state.spans.some((run) => run.project === project),
    access: ['project:read'],
    hasAccess: true,
    avatar: letterAvatar,
    color: '#3f70bf',
    status: 'active',
  };
}

function teamsOf(call: Call, project: Project): { id: string; name: string; slug: string }[] {
  return call.state.teams
    .filter((team) => project.teams.includes(team.slug) && team.organization === project.organization)
    .map(({ id, name, slug }) => ({ id, name, slug }));
}

function latestRelease(call: Call, project: Project): { version: string } | null {
  const releases = call.state.releases.filter((each) => each.projects.includes(project));
  const newest = releases.toSorted((left, right) => right.dateCreated - left.dateCreated)[0];
  return newest ? { version: newest.version } : null;
}

export function showProject(call: Call, project: Project): Record<string, unknown> {
  const teams = teamsOf(call, project);
  return {
    ...showProjectBase(call, project),
    team: teams[0] ?? null,
    teams,
    platforms: project.platform === null ? [] : [project.platform],
    hasUserReports: false,
    environments: [...project.environments],
    latestRelease: latestRelease(call, project),
  };
}

const projectDetails = {
  options: {},
  digestsMinDelay: 300,
  digestsMaxDelay: 1800,
  subjectPrefix: '',
  allowedDomains: ['*'],
  resolveAge: 0,
  dataScrubber: true,
  dataScrubberDefaults: true,
  safeFields: [],
  storeCrashReports: null,
  sensitiveFields: [],
  subjectTemplate: '$shortID - $title',
  securityToken: 'none',
  securityTokenHeader: null,
  verifySSL: false,
  scrubIPAddresses: false,
  scrapeJavaScript: true,
  enableAutoReleaseCreation: true,
  highlightTags: [],
  highlightContext: {},
  highlightPreset: { tags: [], context: {} },
  groupingConfig: 'newstyle:2023-01-11',
  derivedGroupingEnhancements: '',
  groupingEnhancements: '',
  secondaryGroupingExpiry: 0,
  secondaryGroupingConfig: null,
  fingerprintingRules: '',
  processingIssues: 0,
  defaultEnvironment: null,
  relayPiiConfig: null,
  builtinSymbolSources: [],
  dynamicSamplingBiases: null,
  symbolSources: '[]',
  isDynamicallySampled: false,
  tempestFetchScreenshots: false,
  autofixAutomationTuning: 'off',
  seerScannerAutomation: false,
  seerNightshiftTweaks: null,
  scmSourceContextEnabled: false,
  debugFilesRole: null,
};

export function showProjectDetails(call: Call, project: Project): Record<string, unknown> {
  const { team, teams, platforms, latestRelease: release } = showProject(call, project);
  return {
    ...showProjectBase(call, project),
    ...projectDetails,
    ...(team === null ? {} : { team }),
    teams,
    platforms,
    latestRelease: release,
    organization: showOrganization(call, project.organization),
  };
}
