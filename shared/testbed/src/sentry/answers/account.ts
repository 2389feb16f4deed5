import type { Call } from '../route.ts';
import type { Member, Organization, Team } from '../world/model.ts';
import { letterAvatar, longAgo, showOrganization } from './organization.ts';
import { showProject } from './project.ts';

const switches = {
  isDefault: false,
  openMembership: true,
  allowSharedIssues: true,
  enhancedPrivacy: false,
  dataScrubber: true,
  dataScrubberDefaults: true,
  eventsMemberAdmin: true,
  alertsMemberWrite: true,
  scrubIPAddresses: false,
  scrapeJavaScript: true,
  allowJoinRequests: true,
  hideAiFeatures: false,
  aggregatedDataConsent: false,
  isDynamicallySampled: false,
  issueAlertsThreadFlag: true,
  metricAlertsThreadFlag: true,
  requiresSso: false,
  defaultSeerScannerAutomation: false,
  enableSeerCoding: true,
  autoEnableCodeReview: false,
  autoOpenPrs: false,
};

export function showOrganizationDetails(call: Call, organization: Organization): Record<string, unknown> {
  const { state } = call;
  return {
    ...showOrganization(call, organization),
    ...switches,
    experiments: {},
    defaultRole: 'member',
    orgRoleList: [],
    teamRoleList: [],
    sensitiveFields: [],
    safeFields: [],
    storeCrashReports: 0,
    attachmentsRole: 'member',
    debugFilesRole: 'admin',
    relayPiiConfig: null,
    relayDsnEndpoint: null,
    trustedRelays: [],
    pendingAccessRequests: 0,
    defaultAutofixAutomationTuning: 'off',
    defaultCodingAgent: 'seer',
    defaultCodingAgentIntegrationId: null,
    defaultAutomatedRunStoppingPoint: 'root_cause',
    defaultCodeReviewTriggers: [],
    teams: state.teams.filter((team) => team.organization === organization).map(showTeam),
    projects: state.projects
      .filter((project) => project.organization === organization && project.visible)
      .map((project) => showProject(call, project)),
  };
}

export function showTeam(team: Team): Record<string, unknown> {
  return {
    id: team.id,
    slug: team.slug,
    name: team.name,
    dateCreated: longAgo,
    isMember: true,
    teamRole: 'contributor',
    flags: { 'idp:provisioned': false },
    access: ['team:read'],
    hasAccess: true,
    isPending: false,
    memberCount: team.members.length,
    avatar: letterAvatar,
  };
}

export function showUser(member: Member): Record<string, unknown> {
  return {
    id: member.userId,
    name: member.name,
    username: member.email,
    email: member.email,
    avatarUrl: `https://gravatar.invalid/${member.userId}`,
    isActive: true,
    isSuspended: false,
    hasPasswordAuth: true,
    isManaged: false,
    dateJoined: longAgo,
    lastLogin: null,
    has2fa: true,
    lastActive: null,
    isSuperuser: false,
    isStaff: false,
    experiments: {},
    emails: [{ id: member.userId, email: member.email, is_verified: true }],
  };
}

export function showMember(member: Member): Record<string, unknown> {
  return {
    id: member.id,
    email: member.email,
    name: member.name,
    user: showUser(member),
    orgRole: member.role,
    pending: false,
    expired: false,
    flags: {
      'idp:provisioned': false,
      'idp:role-restricted': false,
      'sso:linked': false,
      'sso:invalid': false,
      'member-limit:restricted': false,
      'partnership:restricted': false,
    },
    dateCreated: longAgo,
    inviteStatus: 'approved',
    inviterName: null,
  };
}
