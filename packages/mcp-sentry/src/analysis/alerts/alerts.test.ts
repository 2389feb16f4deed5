import { describe, expect, it } from 'vitest';
import type { LegacyRule, Workflow, WorkflowCondition } from '../../model/alert.ts';
import type { Detector } from '../../model/monitor.ts';
import { judgeLegacyRules } from './judge-legacy-rules.ts';
import { judgeWorkflows } from './judge-workflows.ts';

const project = (id: string, slug: string) => ({
  id,
  slug,
  platform: undefined,
  teams: [],
  firstEventAt: undefined,
  latestRelease: undefined,
});
const email = {
  type: 'email',
  isEnabled: true,
  integrationId: undefined,
  targetType: 'issue_owners',
  targetIdentifier: undefined,
  targetDisplay: undefined,
  data: {},
};
const detector = (id: string, projectId: string, rest: Partial<Detector> = {}): Detector => ({
  id,
  projectId,
  name: `monitor ${id}`,
  type: 'error',
  isEnabled: true,
  workflowIds: ['1'],
  ...rest,
});
const workflow = (rest: Partial<Workflow> & { readonly conditions?: readonly WorkflowCondition[] } = {}): Workflow => ({
  id: '1',
  name: 'pages us',
  isEnabled: true,
  environment: undefined,
  frequencyMinutes: 5,
  detectorIds: ['11'],
  triggerLogic: 'any-short',
  triggers: [{ type: 'first_seen_event', comparison: true }],
  filters: [{ logicType: 'all', conditions: rest.conditions ?? [], actions: [email] }],
  lastTriggered: 1,
  ...rest,
});
const judge = (
  workflows: readonly Workflow[],
  detectors = [detector('11', '1')],
  environments: readonly string[] = [],
  own?: readonly string[],
) =>
  judgeWorkflows({
    projects: [{ ...project('1', 'movie'), environments: own }],
    workflows,
    detectors,
    environments,
    isCut: false,
  });
const ids = (judged: ReturnType<typeof judge>): readonly string[] => judged.findings.map(({ id }) => id);

describe('alerts of today', () => {
  it('that notify somebody of every new issue leave nothing to find', () => {
    const judged = judge([workflow()]);
    expect(judged).toEqual({
      findings: [],
      coverage: [
        { project: 'movie', alerts: ['1'], high: ['pages us'], environments: undefined, bare: [], isGuessed: false },
      ],
    });
  });

  it.each<[string, Partial<Parameters<typeof workflow>[0]>, readonly string[]]>([
    ['is off', { isEnabled: false }, ['project_without_high_alert', 'alert_disabled']],
    [
      'has no action',
      { filters: [{ logicType: 'all', conditions: [], actions: [] }] },
      ['project_without_high_alert', 'alert_without_action'],
    ],
    [
      'has its actions switched off',
      { filters: [{ logicType: 'all', conditions: [], actions: [{ ...email, isEnabled: false }] }] },
      ['project_without_high_alert', 'alert_without_action'],
    ],
    [
      'must be new and back at once',
      {
        triggerLogic: 'all',
        triggers: [
          { type: 'first_seen_event', comparison: true },
          { type: 'regression_event', comparison: true },
        ],
      },
      ['project_without_high_alert'],
    ],
    ['hears all but new issues', { triggerLogic: 'none' }, ['project_without_high_alert']],
    ['is connected to nothing', { detectorIds: [] }, ['project_without_high_alert', 'alert_without_monitor']],
    ['is of another project', { detectorIds: ['99'] }, ['project_without_high_alert']],
    [
      'hears resolved issues only',
      { triggers: [{ type: 'issue_resolved_trigger', comparison: true }] },
      ['project_without_high_alert'],
    ],
    [
      'hears one tag only',
      { conditions: [{ type: 'tagged_event', comparison: { key: 'a' } }] },
      ['project_without_high_alert'],
    ],
    [
      'hears low levels only',
      { conditions: [{ type: 'level', comparison: { level: 30, match: 'lte' } }] },
      ['project_without_high_alert'],
    ],
    ['hears errors', { conditions: [{ type: 'level', comparison: { level: 40, match: 'gte' } }] }, []],
    ['hears high priority', { conditions: [{ type: 'issue_priority_greater_or_equal', comparison: 75 }] }, []],
    [
      'hears what is frequent',
      { conditions: [{ type: 'event_frequency_count', comparison: { value: 100, interval: '1h' } }] },
      [],
    ],
    ['never triggered', { lastTriggered: undefined }, ['alert_never_triggered']],
  ])('judge an alert that %s', (_name, change, expected) => {
    expect(ids(judge([workflow(change)]))).toEqual(expected);
  });

  it('of another environment cover nothing of this one', () => {
    const staging = [workflow({ environment: 'staging' })];
    expect(ids(judge(staging, undefined, ['production']))).toEqual(['project_without_high_alert']);
    expect(ids(judge(staging))).toEqual([]);
  });

  it.each<[string, string | undefined, readonly string[], readonly string[], readonly string[]]>([
    [
      'of an environment that the project has not',
      'production',
      [],
      ['staging'],
      ['project_without_high_alert warning'],
    ],
    ['of the only environment of the project', 'staging', [], ['staging'], []],
    ['of one environment', 'production', [], ['dev', 'production'], ['environment_without_high_alert info']],
    ['of all but production', 'dev', [], ['dev', 'production'], ['environment_without_high_alert warning']],
    ['of the one that is asked for', 'production', ['production'], ['dev', 'production'], []],
    [
      'of another than is asked for',
      'dev',
      ['production'],
      ['dev', 'production'],
      ['project_without_high_alert warning'],
    ],
    ['of all environments', undefined, [], ['dev', 'production'], []],
  ])('%s cover what the project has', (_name, environment, wanted, own, expected) => {
    const { findings } = judge([workflow({ environment })], undefined, wanted, own);
    expect(findings.map(({ id, severity }) => `${id} ${severity}`)).toEqual(expected);
  });

  it('say nothing of a project that has none of the environments asked for', () => {
    expect(judge([workflow()], undefined, ['production'], ['staging'])).toEqual({ findings: [], coverage: [] });
  });

  it('need a monitor that is on, and a monitor of another kind needs an alert', () => {
    expect(ids(judge([workflow()], [detector('11', '1', { isEnabled: false })]))).toEqual([
      'project_without_high_alert',
      'monitor_disabled',
    ]);
    const uptime = detector('12', '1', { type: 'uptime_domain_failure', workflowIds: [] });
    const judged = judge([workflow()], [detector('11', '1'), uptime]);
    expect(judged.findings).toMatchObject([
      { id: 'monitor_without_alert', severity: 'info', evidence: 'monitor 12 (uptime_domain_failure) has 0 alerts' },
    ]);
  });
});

describe('rules of an older server', () => {
  const rule = (rest: Partial<LegacyRule> = {}): LegacyRule => ({
    id: '3',
    name: 'mail us',
    project: 'movie',
    kind: 'issue',
    isEnabled: true,
    environment: undefined,
    actions: ['Send a notification to IssueOwners'],
    conditions: ['A new issue is created'],
    lastTriggered: 1,
    ...rest,
  });
  const found = (rules: readonly LegacyRule[]) =>
    judgeLegacyRules({ projects: [project('1', 'movie')], rules, environments: ['production'] });

  it('that work leave nothing to find', () => {
    expect(found([rule()])).toEqual({
      findings: [],
      coverage: [
        {
          project: 'movie',
          alerts: ['issue 3'],
          high: ['mail us'],
          environments: ['production'],
          bare: [],
          isGuessed: false,
        },
      ],
    });
  });

  it.each<[Partial<LegacyRule>, readonly string[]]>([
    [{ isEnabled: false }, ['project_without_high_alert', 'alert_disabled']],
    [{ actions: [] }, ['project_without_high_alert', 'alert_without_action']],
    [{ kind: 'metric' }, ['project_without_high_alert']],
    [{ environment: 'staging' }, ['project_without_high_alert']],
    [{ project: 'other' }, ['project_without_high_alert']],
    [{ lastTriggered: undefined }, ['alert_never_triggered']],
  ])('judge %j', (change, expected) => {
    const { findings } = found([rule(change)]);
    expect(findings.map(({ id }) => id)).toEqual(expected);
    // what this server cannot do is not advised
    expect(findings.every(({ next }) => next === undefined)).toBe(true);
  });
});
