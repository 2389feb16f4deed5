import { isToolError } from '@cinecom/mcp-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Workflow, WorkflowDraft } from '../../model/alert.ts';
import type { Detector } from '../../model/monitor.ts';
import { alertWords } from './alert-words.ts';
import { compilePolicy, type PolicyGround } from './compile.ts';
import { diffPolicy } from './diff.ts';
import { eventLevels, examplePolicy, frequencies, intervals, type Policy, priorities } from './grammar.ts';
import { readPolicy } from './read-policy.ts';

const project = (id: string, slug: string) => ({
  id,
  slug,
  platform: undefined,
  teams: [],
  firstEventAt: undefined,
  latestRelease: undefined,
});
const detector = (id: string, projectId: string, type: string): Detector => ({
  id,
  projectId,
  type,
  name: undefined,
  isEnabled: true,
  workflowIds: [],
});
const integration = (id: string, provider: string, name: string) => ({ id, provider, name, status: 'active' });

const ground: PolicyGround = {
  projects: [project('1', 'movie-service'), project('2', 'web')],
  detectors: [
    detector('11', '1', 'error'),
    detector('12', '1', 'issue_stream'),
    detector('13', '1', 'uptime_domain_failure'),
    detector('21', '2', 'issue_stream'),
    detector('91', '9', 'error'),
  ],
  integrations: [
    integration('5', 'discord', 'Cinecom'),
    integration('6', 'pagerduty', 'cinecom'),
    integration('7', 'slack', 'Cinecom'),
    integration('8', 'opsgenie', 'twice'),
    integration('9', 'opsgenie', 'twice'),
    integration('10', 'msteams', 'Cinecom Teams'),
  ],
};

const one = (level: string, rest = ''): string => `version: 1\nprefix: "[ops]"\n${rest}\nlevels:\n  L1: ${level}\n`;

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isToolError(error)) return `${error.code}: ${error.message} | ${error.hint ?? ''}`;
    throw error;
  }
  return 'nothing was thrown';
}

describe('a policy', () => {
  it('of the example compiles to one alert a level', () => {
    const { drafts, unwatched } = compilePolicy(readPolicy(examplePolicy), ground);
    expect(unwatched).toEqual([]);
    expect(drafts.map(({ name, frequencyMinutes }) => [name, frequencyMinutes])).toEqual([
      ['[ops] L1', 60],
      ['[ops] L2', 10],
      ['[ops] L3', 0],
    ]);
    expect(drafts[2]).toEqual({
      name: '[ops] L3',
      isEnabled: true,
      environment: 'production',
      frequencyMinutes: 0,
      // the detector of errors, and of all issues only where there is none of errors
      detectorIds: ['11', '21'],
      triggerLogic: 'any-short',
      triggers: [
        { type: 'first_seen_event', comparison: true },
        { type: 'regression_event', comparison: true },
        { type: 'reappeared_event', comparison: true },
      ],
      filters: [
        {
          logicType: 'all',
          conditions: [{ type: 'issue_priority_greater_or_equal', comparison: 75 }],
          actions: [
            {
              type: 'discord',
              isEnabled: true,
              integrationId: '5',
              targetType: 'specific',
              targetIdentifier: '998877665544',
              targetDisplay: undefined,
              data: {},
            },
            {
              type: 'pagerduty',
              isEnabled: true,
              integrationId: '6',
              targetType: 'specific',
              targetIdentifier: '4711',
              targetDisplay: undefined,
              data: { priority: 'default' },
            },
          ],
        },
      ],
    });
    expect(drafts[0]?.filters).toEqual([
      {
        logicType: 'all',
        conditions: [],
        actions: [
          {
            type: 'email',
            isEnabled: true,
            integrationId: undefined,
            targetType: 'issue_owners',
            targetIdentifier: undefined,
            targetDisplay: undefined,
            data: { fallthroughType: 'ActiveMembers' },
          },
        ],
      },
    ]);
  });

  it('writes every condition as Sentry takes it', () => {
    const text = one(
      '{ when: { priority: low, level: { lte: warning }, events: { value: 100, interval: 1h }, users: { value: 5, interval: 1d }, latest_release: true }, on: [seer], frequency: 5, notify: [{ slack: "cinecom/#ops" }] }',
    );
    const [draft] = compilePolicy(readPolicy(text), ground).drafts;
    expect(draft?.filters[0]?.conditions).toEqual([
      { type: 'issue_priority_greater_or_equal', comparison: 25 },
      { type: 'level', comparison: { level: 30, match: 'lte' } },
      { type: 'event_frequency_count', comparison: { value: 100, interval: '1h' } },
      { type: 'event_unique_user_frequency_count', comparison: { value: 5, interval: '1d' } },
      { type: 'latest_release', comparison: true },
    ]);
    expect(draft?.triggers).toEqual([
      {
        type: 'seer_activity_trigger',
        comparison: ['rca_completed', 'solution_completed', 'coding_completed', 'pr_created'],
      },
    ]);
    expect(draft?.filters[0]?.actions[0]).toMatchObject({ type: 'slack', integrationId: '7', targetDisplay: 'ops' });
  });

  it.each([
    ['[a, b', 'policy: line 1: no YAML that is understood (MISSING_CHAR)'],
    [
      'just words',
      'policy: all of it: expected keys and values: version, prefix, environment, projects, targets, levels',
    ],
    ['version: 1\nprefix: "[ops]"\n', 'policy: levels: is missing, expected names and values'],
    ['version: 1\nprefix: 5\nlevels: { L1: {} }', 'policy: prefix: expected text'],
    [one('{ when: {} }'), 'levels.L1.frequency: is missing, expected 0, 5, 10, 30, 60, 180, 720, 1440'],
    [one('{ when: {}, frequency: 5 }'), 'levels.L1.notify: is missing, expected a list'],
    [
      one('{ frequency: 5, notify: [{ email: issue_owners }] }'),
      'levels.L1.when: is missing, expected keys and values: priority, level,',
    ],
    [one('{ when: {}, frequency: 5, notify: [] }'), 'levels.L1.notify: expected at least 1 of the list'],
    [
      one('{ when: { priorty: high }, frequency: 5, notify: [{ email: issue_owners }] }'),
      'levels.L1.when: unknown priorty (did you mean priority?); allowed: priority, level, events, users, latest_release',
    ],
    [
      one('{ when: { priority: hihg }, frequency: 5, notify: [{ email: issue_owners }] }'),
      'levels.L1.when.priority: expected low, medium, high (did you mean high?)',
    ],
    [
      one('{ when: { level: eror }, frequency: 5, notify: [{ email: issue_owners }] }'),
      '{ lte: … } (did you mean error?)',
    ],
    [
      one('{ when: {}, frequency: 5, notify: [{ slak: ops }] }'),
      'levels.L1.notify.0: unknown slak (did you mean slack?); allowed: email, slack, discord, msteams, pagerduty, opsgenie',
    ],
    [
      one('{ when: { events: { value: many, interval: 1h } }, frequency: 5, notify: [{ email: issue_owners }] }'),
      'levels.L1.when.events.value: expected a number',
    ],
    ['version: 1\nprefix: "[ops]"\nlevels:\n  L9: {}', 'levels.L9: expected L1, L2 or L3, or one such as L3-web'],
    ['version: 1\nprefix: "[ops]"\nlevels:\n  l3: {}', 'or one such as L3-web (did you mean L3?)'],
    ['version: 2\nprefix: "[ops]"\nlevels: {}', 'policy: version: expected 1; levels: expected at least one level'],
    [one('{ when: {}, frequency: 7, notify: [{ email: issue_owners }] }'), 'levels.L1.frequency: expected 0, 5, 10'],
    [
      one('{ when: {}, frequency: 5, notify: [{ email: me@acme.io }] }'),
      'notify.0.email: expected issue_owners, team:ID',
    ],
    [one('{ when: {}, frequency: 5, notify: [{}] }'), 'notify.0: expected exactly one of email, slack, discord'],
    [one('{ when: {}, frequency: 5, notify: [{ slack: a, email: issue_owners }] }'), 'expected exactly one of'],
    [
      one('{ when: { priority: urgent }, frequency: 5, notify: [{ email: issue_owners }] }'),
      'expected low, medium, high',
    ],
    [
      one('{ when: { level: loud }, frequency: 5, notify: [{ email: issue_owners }] }'),
      'expected debug, info, warning',
    ],
    [
      one('{ wen: {}, frequency: 5, notify: [{ email: issue_owners }] }'),
      'levels.L1: unknown wen (did you mean when?); allowed: when, on, frequency,',
    ],
    [
      one('{ when: { events: { value: 1, interval: 1hr } }, frequency: 5, notify: [{ email: issue_owners }] }'),
      'expected 1m, 5m',
    ],
    ['version: 1\nprefix: ops\nlevels:\n  "a b": {}', 'levels.(a name): expected L1, L2 or L3'],
    [one('{ when: {}, when: {}, frequency: 5 }'), 'line 5: no YAML that is understood (DUPLICATE_KEY)'],
    [one('{ __proto__: { when: {} }, frequency: 5 }'), 'levels.L1.__proto__: this name is reserved'],
    [
      one('{ when: {}, frequency: 5 }', 'targets: { slack: { constructor: {} } }'),
      'targets.slack.constructor: this name is reserved',
    ],
    ['a: &a [x]\nb: *c', 'aliases that are unknown'],
  ])('that is wrong is refused with the place: %j', (text, expected) => {
    const message = messageOf(() => readPolicy(text));
    expect(message).toMatch(/^invalid_input: policy: /);
    expect(message).toContain(expected);
    expect(message).toContain('A level: when, on, frequency, notify');
  });

  it('that is a bomb of aliases, or too long, is refused', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, i) => `${name}: &${name} [${`*${'abcdefgh'[i]},`.repeat(9)}x]`),
    ];
    expect(messageOf(() => readPolicy(bomb.join('\n')))).toContain('invalid_input');
    expect(messageOf(() => readPolicy('#'.repeat(50_001)))).toContain('too_large');
  });

  it.each([
    ['{ discord: ops }', 'levels.L1.notify.0.discord: ops is no name in targets.discord', 'integration/channel'],
    ['{ discord: "Cinecon/12" }', 'there is no discord integration Cinecon (did you mean Cinecom?)', 'There are:'],
    ['{ discord: "Other/12" }', 'there is no discord integration Other', 'There are: Cinecom (id 5)'],
    ['{ opsgenie: "twice/T1" }', '2 integrations have the name twice', 'twice (id 8), twice (id 9)'],
    ['{ discord: constructor }', 'constructor is no name in targets.discord', 'targets.discord has no names'],
  ])('with an unknown or ambiguous target %s lists what there is', (entry, problem, hint) => {
    const policy = readPolicy(one(`{ when: {}, frequency: 5, notify: [${entry}] }`));
    const message = messageOf(() => compilePolicy(policy, ground));
    expect(message).toContain(problem);
    expect(message).toContain(hint);
  });

  it('of a project that is not in scope is refused, and one that nothing watches is told', () => {
    const text = one('{ when: {}, frequency: 5, notify: [{ email: "team:4" }], projects: [web, nope] }');
    expect(messageOf(() => compilePolicy(readPolicy(text), ground))).toContain(
      'levels.L1.projects: no project nope in scope',
    );
    expect(messageOf(() => compilePolicy(readPolicy(text.replace('nope', 'movie-servce')), ground))).toContain(
      'no project movie-servce (did you mean movie-service?) in scope',
    );
    const bare = { ...ground, detectors: ground.detectors.filter(({ projectId }) => projectId !== '2') };
    expect(compilePolicy(readPolicy(text.replace(', nope', '')), bare).unwatched).toEqual(['web']);
  });
});

const pick = <Value>(values: readonly Value[]) => fc.constantFrom(...values);
const amount = fc.record({ value: fc.nat(5000), interval: pick(intervals) });
const levelNames = Object.keys(eventLevels) as (keyof typeof eventLevels)[];
const policies: fc.Arbitrary<Policy> = fc.record({
  version: fc.constant(1 as const),
  prefix: pick(['[ops]', 'ops', '[a] b']),
  levels: fc.dictionary(
    pick(['L1', 'L2', 'L3', 'L3-web']),
    fc.record({
      when: fc.record(
        {
          priority: pick(Object.keys(priorities) as (keyof typeof priorities)[]),
          level: fc.oneof(
            pick(levelNames),
            pick(levelNames).map((eq) => ({ eq })),
          ),
          events: amount,
          users: amount,
          latest_release: fc.constant(true as const),
        },
        { requiredKeys: [] },
      ),
      on: fc.uniqueArray(pick(['first_seen', 'reappeared', 'regression', 'seer'] as const), { minLength: 1 }),
      frequency: pick(frequencies),
      notify: fc.array(
        pick([
          { email: 'issue_owners' },
          { email: 'team:7' },
          { slack: 'Cinecom/#ops' },
          { discord: 'Cinecom/123' },
          { pagerduty: 'cinecom/77' },
          { msteams: 'Cinecom Teams/General' },
        ]),
        { minLength: 1, maxLength: 4 },
      ),
      enabled: fc.boolean(),
    }),
    { minKeys: 1 },
  ),
});

/** What a server makes of a draft: ids, another order, defaults, resolved targets, fields nobody asked for, its own spelling. */
function echo(draft: WorkflowDraft, id: string, turn: number): Workflow {
  const turned = <Item>(items: readonly Item[]): readonly Item[] => [
    ...items.slice(turn % (items.length || 1)),
    ...items.slice(0, turn % (items.length || 1)),
  ];
  const comparison = (value: unknown): unknown => {
    if (Array.isArray(value)) return turned(value);
    return typeof value === 'object' && value !== null ? { filters: [], uuid: id, ...value } : value;
  };
  return {
    ...draft,
    id,
    lastTriggered: 1,
    detectorIds: turned(draft.detectorIds),
    triggers: turned(draft.triggers).map((one) => ({ ...one, id, comparison: comparison(one.comparison) })),
    filters: draft.filters.map(({ conditions, actions, logicType }) => ({
      logicType,
      conditions: turned(conditions).map((one) => ({ type: one.type, comparison: comparison(one.comparison), id })),
      actions: turned(actions).map((action) => ({
        ...action,
        targetIdentifier: action.targetIdentifier ?? (action.type === 'slack' ? 'C0RESOLVED' : ''),
        targetDisplay: action.targetDisplay ?? (action.type === 'discord' ? '#ops' : ''),
        data: { tags: '', notes: '', uuid: id, ...camelToSnake(action.data) },
      })),
    })),
  };
}

function camelToSnake(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key === 'fallthroughType' ? 'fallthrough_type' : key, value]),
  );
}

const foreign = (id: string, name: string): Workflow => ({
  id,
  name,
  isEnabled: true,
  environment: undefined,
  frequencyMinutes: undefined,
  detectorIds: [],
  triggerLogic: 'any-short',
  triggers: [],
  filters: [],
  lastTriggered: undefined,
});

describe('an alert in words', () => {
  const wordsOf = (level: string, change: Partial<WorkflowDraft> = {}) => {
    const [draft] = compilePolicy(readPolicy(one(level)), ground).drafts;
    return alertWords({ ...draft!, ...change }, ground.integrations);
  };

  it.each([
    ['{ when: {}, frequency: 0, notify: [{ email: "team:7" }] }', 'every issue', 'email to team 7', 'each time'],
    [
      '{ when: { priority: medium, level: error }, frequency: 10, notify: [{ slack: "Cinecom/#ops" }] }',
      'priority medium or more, and level error or more',
      'Slack Cinecom, channel #ops',
      'at most every 10 min',
    ],
    [
      '{ when: { level: { lte: warning }, users: { value: 5, interval: 1d } }, frequency: 1440, notify: [{ opsgenie: "x/T1" }] }',
      'level warning or less, and more than 5 users in 1 d',
      'Opsgenie x, team T1 (priority P3)',
      'at most every 1 d',
    ],
    [
      '{ when: { level: { eq: fatal }, latest_release: true }, frequency: 5, notify: [{ pagerduty: cinecom/1 }, { msteams: "Cinecom Teams/General" }] }',
      'level fatal, and in the latest release',
      'PagerDuty cinecom, service 1 and Microsoft Teams Cinecom Teams, channel General',
      'at most every 5 min',
    ],
  ])('says what %s does', (level, conditions, actions, frequency) => {
    const integrations = [...ground.integrations, integration('11', 'opsgenie', 'x')];
    const [draft] = compilePolicy(readPolicy(one(level)), { ...ground, integrations }).drafts;
    expect(alertWords(draft!, integrations)).toMatchObject({ conditions, actions, frequency });
  });

  it('has what it does not know as the API has it, and an integration by its id where its name is not known', () => {
    const level = '{ when: {}, frequency: 0, notify: [{ discord: Cinecom/12 }] }';
    const strange = { type: 'tagged_event', comparison: { key: 'a', match: 'eq', value: 'b' } };
    const filters = [{ logicType: 'any-short', conditions: [strange, strange], actions: [] }];
    expect(wordsOf(level, { filters, triggers: [strange] })).toMatchObject({
      conditions: 'tagged_event {key a, match eq, value b}',
      triggers: 'tagged_event {key a, match eq, value b}',
    });
    const [draft] = compilePolicy(readPolicy(one(level)), ground).drafts;
    expect(alertWords(draft!, []).actions).toBe('Discord integration 5, channel 12');
  });
});

describe('the difference to a server', () => {
  it('is nothing once the policy is applied, whatever the server adds, reorders and resolves', () => {
    fc.assert(
      fc.property(policies, fc.nat(3), (policy, turn) => {
        const compiled = compilePolicy(policy, ground);
        const existing = compiled.drafts.map((draft, index) => echo(draft, `${index + 1}`, turn)).toReversed();
        const { alerts, leftOver } = diffPolicy(compiled, [...existing, foreign('90', 'people wrote this')]);
        expect(alerts.map(({ kind }) => kind)).toEqual(compiled.drafts.map(() => 'same'));
        expect(leftOver).toEqual([]);
      }),
    );
  });

  it('names every field that differs, before and after, and nothing else', () => {
    const compiled = compilePolicy(readPolicy(examplePolicy), ground);
    const [first, second] = compiled.drafts.map((draft, index) => echo(draft, `${index + 1}`, 0));
    const changed: Workflow = {
      ...second!,
      environment: undefined,
      frequencyMinutes: 30,
      filters: [
        { ...second!.filters[0]!, conditions: [{ type: 'issue_priority_greater_or_equal', comparison: '75' }] },
      ],
    };
    const { alerts } = diffPolicy(compiled, [changed, first!]);
    expect(alerts.map(({ kind }) => kind)).toEqual(['same', 'update', 'create']);
    expect(alerts[1]).toMatchObject({
      id: '2',
      changes: [
        { field: 'environment', before: 'all', after: 'production' },
        { field: 'frequency', before: '30 min', after: '10 min' },
        {
          field: 'conditions',
          before: 'issue_priority_greater_or_equal 75',
          after: 'issue_priority_greater_or_equal 50',
        },
      ],
    });
  });

  it.each<[string, Partial<Workflow>, object]>([
    [
      'triggers that must all hold',
      { triggerLogic: 'all' },
      {
        field: 'triggers',
        before: 'all of first_seen_event, reappeared_event, regression_event',
        after: 'first_seen_event or reappeared_event or regression_event',
      },
    ],
    ['triggers that must not hold', { triggerLogic: 'none' }, { field: 'triggers' }],
  ])('sees %s', (_name, change, expected) => {
    const compiled = compilePolicy(readPolicy(examplePolicy), ground);
    const [first] = compiled.drafts.map((draft, index) => echo(draft, `${index + 1}`, 0));
    expect(diffPolicy(compiled, [{ ...first!, ...change }]).alerts[0]).toMatchObject({
      kind: 'update',
      changes: [expected],
    });
  });

  it('sees an action that somebody switched off', () => {
    const compiled = compilePolicy(readPolicy(examplePolicy), ground);
    const [first] = compiled.drafts.map((draft, index) => echo(draft, `${index + 1}`, 0));
    const filters = first!.filters.map((filter) => ({
      ...filter,
      actions: filter.actions.map((action) => ({ ...action, isEnabled: false })),
    }));
    const [change] = diffPolicy(compiled, [{ ...first!, filters }]).alerts;
    expect(change).toMatchObject({ kind: 'update', changes: [{ field: 'actions' }] });
  });

  it('leaves alerts without the prefix alone and names those of the prefix that the policy lacks', () => {
    const compiled = compilePolicy(readPolicy(examplePolicy), ground);
    const others = [
      foreign('71', 'L3'),
      foreign('72', '[ops]L3'),
      foreign('73', '[ops] L9'),
      foreign('74', '[OPS] L3'),
      foreign('80', '[ops] L1'),
    ];
    const existing = [...others, ...compiled.drafts.map((draft, index) => echo(draft, `${index + 1}`, 1))];
    const { alerts, leftOver } = diffPolicy(compiled, existing);
    expect(alerts.map(({ kind }) => kind)).toEqual(['same', 'same', 'same']);
    expect(leftOver).toEqual([
      { id: '73', name: '[ops] L9' },
      { id: '80', name: '[ops] L1' },
    ]);
  });

  it('sees a filter that narrows by hand, also one that this grammar cannot write', () => {
    const compiled = compilePolicy(
      readPolicy(one('{ when: {}, frequency: 5, notify: [{ email: issue_owners }] }')),
      ground,
    );
    const base = echo(compiled.drafts[0]!, '1', 0);
    const narrowed = {
      ...base,
      filters: [
        {
          ...base.filters[0]!,
          conditions: [{ type: 'tagged_event', comparison: { key: 'a', match: 'eq', value: 'b' } }],
        },
      ],
    };
    expect(diffPolicy(compiled, [narrowed]).alerts[0]).toMatchObject({
      changes: [{ field: 'conditions', before: 'tagged_event {key a, match eq, value b}', after: 'every issue' }],
    });
  });
});
