import { showMember, showOrganizationDetails, showTeam } from '../answers/account.ts';
import { showKey } from '../answers/key.ts';
import { showOrganization } from '../answers/organization.ts';
import { showProject, showProjectDetails } from '../answers/project.ts';
import { answerPage } from '../paging.ts';
import { type Call, organizationPath, projectPath, type Route, scopes } from '../route.ts';
import { visibleProjects } from '../scope.ts';
import type { Key } from '../world/model.ts';

function keysWithStatus(call: Call, keys: readonly Key[]): readonly Key[] {
  const status = call.query.get('status');
  if (status === null) return keys;
  return keys.filter((key) => key.isActive === (status === 'active'));
}

function environmentNames(call: Call): readonly string[] {
  return [...new Set(visibleProjects(call).flatMap((project) => [...project.environments]))].toSorted();
}

const index: Route = {
  method: 'GET',
  template: '/api/0/',
  scopes: [],
  undocumented: true,
  handle: (call) => ({
    body: {
      version: '0',
      auth: { scopes: call.scopes },
      user: { id: '1', name: 'Operator', email: 'operator@cinecom.example', username: 'operator' },
    },
  }),
};

export const accountRoutes: readonly Route[] = [
  index,
  {
    method: 'GET',
    template: '/api/0/organizations/',
    scopes: scopes.organization,
    handle: (call) => answerPage(call, call.state.organizations, (each) => showOrganization(call, each)),
  },
  {
    method: 'GET',
    template: organizationPath,
    scopes: scopes.organization,
    handle: (call) => ({ body: showOrganizationDetails(call, call.organization) }),
  },
  {
    method: 'GET',
    template: `${organizationPath}projects/`,
    scopes: scopes.organization,
    handle: (call) => {
      const wanted = (call.query.get('query') ?? '').toLowerCase();
      const projects = visibleProjects(call).filter((each) => each.slug.includes(wanted) || each.id === wanted);
      return answerPage(call, projects, (each) => showProject(call, each));
    },
  },
  {
    method: 'GET',
    template: `${organizationPath}teams/`,
    scopes: scopes.organization,
    handle: (call) =>
      answerPage(
        call,
        call.state.teams.filter((team) => team.organization === call.organization),
        showTeam,
      ),
  },
  {
    method: 'GET',
    template: `${organizationPath}members/`,
    scopes: scopes.member,
    handle: (call) =>
      answerPage(
        call,
        call.state.members.filter((member) => member.organization === call.organization),
        showMember,
      ),
  },
  {
    method: 'GET',
    template: `${organizationPath}environments/`,
    scopes: scopes.organization,
    handle: (call) => ({ body: environmentNames(call).map((name, position) => ({ id: String(position + 1), name })) }),
  },
  {
    method: 'GET',
    template: `${organizationPath}project-keys/`,
    scopes: scopes.organization,
    feature: 'projectKeys',
    handle: (call) => {
      const visible = new Set(visibleProjects(call));
      const keys = call.state.keys.filter((key) => visible.has(key.project));
      return answerPage(call, keysWithStatus(call, keys), (key) => showKey(call, key));
    },
  },
  {
    method: 'GET',
    template: projectPath,
    scopes: scopes.project,
    handle: (call) => ({ body: showProjectDetails(call, call.project) }),
  },
  {
    method: 'GET',
    template: `${projectPath}keys/`,
    scopes: scopes.project,
    handle: (call) => {
      const keys = call.state.keys.filter((key) => key.project === call.project);
      return answerPage(call, keysWithStatus(call, keys), (key) => showKey(call, key));
    },
  },
  {
    method: 'GET',
    template: `${projectPath}filters/`,
    scopes: scopes.project,
    feature: 'filters',
    handle: (call) => {
      const usual = {
        'browser-extensions': false,
        localhost: false,
        'filtered-transaction': true,
        'web-crawlers': false,
      };
      const filters = { ...usual, 'legacy-browsers': false, ...call.project.filters };
      return { body: Object.entries(filters).map(([id, active]) => ({ id, active })) };
    },
  },
  {
    method: 'GET',
    template: `${projectPath}environments/`,
    scopes: scopes.project,
    handle: (call) => ({
      body: [...call.project.environments].map((name, position) => ({
        id: String(position + 1),
        name,
        isHidden: false,
      })),
    }),
  },
  {
    method: 'GET',
    template: `${projectPath}ownership/`,
    scopes: scopes.project,
    handle: (call) => ({
      body: {
        raw: call.project.ownership ?? '',
        fallthrough: true,
        dateCreated: new Date(call.project.dateCreated).toISOString(),
        lastUpdated: new Date(call.project.dateCreated).toISOString(),
        isActive: true,
        autoAssignment: 'Auto Assign to Issue Owner',
        codeownersAutoSync: true,
      },
    }),
  },
];
