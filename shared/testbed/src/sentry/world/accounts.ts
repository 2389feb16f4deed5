import { storeDetector } from './detectors.ts';
import type { Key, Member, Organization, Project, Team } from './model.ts';
import type { State } from './state.ts';

const day = 86_400_000;

export interface OrganizationOptions {
  readonly slug: string;
  readonly name?: string;
  /** the address given as `links.regionUrl`; without it the double's own */
  readonly regionUrl?: string;
}

export interface ProjectOptions {
  readonly organization?: string;
  readonly name?: string;
  readonly platform?: string | null;
  readonly teams?: readonly string[];
  readonly environments?: readonly string[];
  readonly dateCreated?: number;
  /** false: not among the token's projects */
  readonly visible?: boolean;
  /** false: the user of the token is in none of its teams */
  readonly joined?: boolean;
  /** text of the ownership rules */
  readonly ownership?: string;
  /** false: no key is made */
  readonly key?: boolean;
}

export interface KeyOptions {
  readonly active?: boolean;
  /** seconds and events */
  readonly rateLimit?: { readonly window: number; readonly count: number };
  readonly name?: string;
  readonly publicKey?: string;
}

export type ProjectReference = string | Project;

export function addOrganization(state: State, options: OrganizationOptions): Organization {
  const organization: Organization = {
    id: String(state.nextId()),
    slug: options.slug,
    name: options.name ?? options.slug,
    regionUrl: options.regionUrl,
  };
  state.organizations.push(organization);
  return organization;
}

export function organizationOf(state: State, slug: string | undefined): Organization {
  const found = slug === undefined ? state.organizations[0] : state.organizations.find((each) => each.slug === slug);
  return found ?? addOrganization(state, { slug: slug ?? 'acme' });
}

export function addTeam(
  state: State,
  slug: string,
  options: { readonly name?: string; readonly organization?: string; readonly members?: readonly string[] } = {},
): Team {
  const team: Team = {
    id: String(state.nextId()),
    slug,
    name: options.name ?? slug,
    organization: organizationOf(state, options.organization),
    members: options.members ?? [],
  };
  state.teams.push(team);
  return team;
}

export function addMember(
  state: State,
  email: string,
  options: { readonly name?: string; readonly role?: string; readonly organization?: string } = {},
): Member {
  const member: Member = {
    id: String(state.nextId()),
    userId: String(state.nextId()),
    name: options.name ?? email,
    email,
    role: options.role ?? 'member',
    organization: organizationOf(state, options.organization),
  };
  state.members.push(member);
  return member;
}

/** Teams named here are made when there is none; a project has one active key unless told otherwise. */
export function addProject(state: State, slug: string, options: ProjectOptions = {}): Project {
  const organization = organizationOf(state, options.organization);
  for (const team of options.teams ?? []) {
    if (!state.teams.some((each) => each.slug === team && each.organization === organization))
      addTeam(state, team, { organization: organization.slug });
  }
  const project: Project = {
    id: String(state.nextId()),
    slug,
    name: options.name ?? slug,
    platform: options.platform === undefined ? 'node' : options.platform,
    organization,
    teams: [...(options.teams ?? [])],
    environments: new Set(options.environments ?? []),
    dateCreated: options.dateCreated ?? state.clock.now() - 90 * day,
    visible: options.visible ?? true,
    isJoined: options.joined ?? true,
    ownership: options.ownership,
    filters: {},
    issueCount: 0,
  };
  state.projects.push(project);
  if (options.key !== false) addKey(state, project);
  storeDetector(state, project);
  storeDetector(state, project, { name: 'Issue Stream', type: 'issue_stream' });
  return project;
}

/** The project by slug, made when there is none. */
export function projectOf(state: State, reference: ProjectReference): Project {
  if (typeof reference !== 'string') return reference;
  return state.projects.find((each) => each.slug === reference) ?? addProject(state, reference);
}

export function addKey(state: State, reference: ProjectReference, options: KeyOptions = {}): Key {
  const project = projectOf(state, reference);
  const number = state.nextId();
  const key: Key = {
    id: String(number),
    name: options.name ?? 'Default',
    publicKey: options.publicKey ?? `a${number.toString(16).padStart(31, '0')}`,
    secretKey: `b${number.toString(16).padStart(31, '0')}`,
    project,
    dateCreated: project.dateCreated,
    isActive: options.active ?? true,
    rateLimit: options.rateLimit ?? null,
  };
  state.keys.push(key);
  return key;
}
