import { ToolError } from '@cinecom/mcp-core';
import type { Integration, WorkflowCondition, WorkflowDraft } from '../../model/alert.ts';
import type { Detector } from '../../model/monitor.ts';
import type { Project } from '../../model/scope.ts';
import { plainName } from '../../text/index.ts';
import { actionOf } from './action.ts';
import { meant } from './meant.ts';
import { eventLevels, type Policy, type PolicyLevel, priorities, triggerTypes } from './grammar.ts';

/** What of the organisation a policy is compiled against. */
export interface PolicyGround {
  /** Those in scope. */
  readonly projects: readonly Project[];
  readonly detectors: readonly Detector[];
  readonly integrations: readonly Integration[];
}

export interface CompiledPolicy {
  readonly prefix: string;
  readonly drafts: readonly WorkflowDraft[];
  /** Slugs by name of alert, where the policy says which projects it is for. */
  readonly named: ReadonlyMap<string, readonly string[]>;
  /** Slugs of projects whose errors no detector watches: alerts cannot reach them. */
  readonly unwatched: readonly string[];
}

/** Steps of Seer that set an alert off. */
const seerSteps = ['rca_completed', 'solution_completed', 'coding_completed', 'pr_created'];

/**
 * One workflow a level, in the order of the policy, named `prefix level`, set off by errors of its projects.
 *
 * @throws ToolError `invalid_input` for a project, a target or an integration that is not there, `out_of_scope` never:
 *   a project outside the scope is not there
 */
export function compilePolicy(policy: Policy, ground: PolicyGround): CompiledPolicy {
  const unwatched = new Set<string>();
  const named = new Map<string, readonly string[]>();
  const drafts = Object.entries(policy.levels).map(([name, level]): WorkflowDraft => {
    const path = `levels.${name}`;
    const projects = projectsOf(
      level.projects ?? policy.projects,
      level.projects === undefined ? 'projects' : `${path}.projects`,
      ground.projects,
    );
    const detectorIds = projects.flatMap((project) => {
      const ids = errorDetectors(project, ground.detectors);
      if (ids.length === 0) unwatched.add(project.slug);
      return ids;
    });
    if (level.projects !== undefined || policy.projects !== undefined) {
      named.set(
        `${policy.prefix} ${name}`,
        projects.map(({ slug }) => slug),
      );
    }
    return {
      name: `${policy.prefix} ${name}`,
      isEnabled: level.enabled,
      triggerLogic: 'any-short',
      environment: level.environment ?? policy.environment,
      frequencyMinutes: level.frequency,
      detectorIds,
      triggers: [...new Set(level.on)].map((on) => ({
        type: triggerTypes[on],
        comparison: on === 'seer' ? seerSteps : true,
      })),
      filters: [
        {
          logicType: 'all',
          conditions: conditionsOf(level.when),
          actions: level.notify.map((entry, index) =>
            actionOf(entry, {
              path: `${path}.notify.${index}`,
              targets: policy.targets,
              integrations: ground.integrations,
            }),
          ),
        },
      ],
    };
  });
  return { prefix: policy.prefix, drafts, named, unwatched: [...unwatched] };
}

function projectsOf(
  slugs: readonly string[] | undefined,
  path: string,
  projects: readonly Project[],
): readonly Project[] {
  if (slugs === undefined) return projects;
  const bySlug = new Map(projects.map((project) => [project.slug, project]));
  const missing = slugs.filter((slug) => !bySlug.has(slug));
  if (missing.length > 0) {
    const named = missing.map((slug) => `${slug}${meant(slug, [...bySlug.keys()])}`).join(', ');
    throw new ToolError('invalid_input', `policy: ${path}: no project ${named} in scope`, {
      hint: `There are ${projects
        .flatMap(({ slug }) => plainName(slug) ?? [])
        .slice(0, 20)
        .join(', ')}; sentry_projects lists all.`,
    });
  }
  return [...new Set(slugs)].map((slug) => bySlug.get(slug)!);
}

/**
 * What watches the errors of a project: its detector of type `error`; where there is none, the one of all issues.
 * @see `ErrorGroupType.slug` and `IssueStreamGroupType.slug` of Sentry
 */
function errorDetectors(project: Project, detectors: readonly Detector[]): readonly string[] {
  const own = detectors.filter(({ projectId }) => projectId === project.id);
  const errors = own.filter(({ type }) => type === 'error');
  const found = errors.length > 0 ? errors : own.filter(({ type }) => type === 'issue_stream');
  return found.map(({ id }) => id);
}

function conditionsOf(when: PolicyLevel['when']): readonly WorkflowCondition[] {
  const conditions: WorkflowCondition[] = [];
  if (when.priority !== undefined) {
    conditions.push({ type: 'issue_priority_greater_or_equal', comparison: priorities[when.priority] });
  }
  if (when.level !== undefined) conditions.push({ type: 'level', comparison: levelOf(when.level) });
  if (when.events !== undefined) conditions.push({ type: 'event_frequency_count', comparison: { ...when.events } });
  if (when.users !== undefined) {
    conditions.push({ type: 'event_unique_user_frequency_count', comparison: { ...when.users } });
  }
  if (when.latest_release) conditions.push({ type: 'latest_release', comparison: true });
  return conditions;
}

function levelOf(level: NonNullable<PolicyLevel['when']['level']>): { readonly level: number; readonly match: string } {
  if (typeof level === 'string') return { level: eventLevels[level], match: 'gte' };
  const [[match, name]] = Object.entries(level) as [[string, keyof typeof eventLevels]];
  return { level: eventLevels[name], match };
}
