import { describe, expect, it } from 'vitest';
import type { CallRecord, RunRecord, StepRecord } from '../run/types.ts';
import { renderReport } from './render-report.ts';
import { toJson } from './to-json.ts';

const at = '2026-11-25T06:00:00.250Z';
const call: CallRecord = { status: 'ok', input: {}, at, durationMs: 120 };
const step: StepRecord = {
  id: 'overview',
  title: 'How was last night?',
  server: 'pg',
  tool: 'pg_overview',
  status: 'ok',
  calls: [call],
  foreach: false,
  itemsCut: 0,
  at,
  durationMs: 120,
};

const overview: StepRecord = {
  ...step,
  verdict: 'critical',
  calls: [
    {
      ...call,
      verdict: 'critical',
      result: {
        verdict: 'critical',
        summary: 'three sessions wait for one',
        window: 'now',
        findings: [
          {
            id: 'idle_in_transaction',
            severity: 'warning',
            object: 'pid 7',
            evidence: '42 min',
            threshold: '10 min',
            fix: 'commit',
          },
          {
            id: 'lock_chain',
            severity: 'critical',
            object: '予約 | bookings',
            evidence: '3 waiting',
            threshold: '0',
            fix: 'end the root',
            next: { tool: 'pg_terminate', args: { pid: 7 } },
          },
        ],
        notExamined: [{ what: 'replicas', why: 'none is configured', required: false }],
        truncated: [{ path: 'sessions', shown: 20, total: 41 }],
        version: '18.4',
      },
    },
  ],
};

const error = {
  code: 'backend_unreachable',
  message: 'the backend does not answer\nStart it.',
  retryable: true,
  applied: 'no',
} as const;
const run: RunRecord = {
  title: 'Morning check',
  description: 'What the night left.',
  language: undefined,
  traceId: 'a'.repeat(32),
  startedAt: '2026-11-25T06:00:00.000Z',
  durationMs: 65_400,
  verdict: 'critical',
  interrupted: false,
  inputs: { database: 'cinema' },
  servers: [
    { name: 'pg', server: 'mcp-postgres-admin', version: '0.1.0', protocol: '2026-07-28', pid: 4711 },
    { name: 'old', error: 'the server "old" could not be started: Connection closed', stderr: 'no settings' },
  ],
  steps: [
    overview,
    {
      ...step,
      id: 'weather',
      title: 'Weather',
      server: 'old',
      tool: 'weather',
      calls: [{ ...call, text: 'sun\n```\nno fence', result: { text: 'sun' } }],
    },
    { ...step, id: 'lost', title: 'Lost', status: 'failed', calls: [{ ...call, status: 'failed', error }] },
    { ...step, id: 'after', title: 'After', status: 'blocked', calls: [], reason: { code: 'needs', step: 'lost' } },
    {
      ...step,
      id: 'kill',
      title: 'End the root',
      tool: 'pg_terminate',
      status: 'planned',
      calls: [
        { ...call, status: 'planned', plan: { text: 'end session 7\n1. signal 7', confirm: 'plan_x', expiresAt: 0 } },
      ],
    },
    {
      ...step,
      id: 'each',
      title: 'Each table',
      foreach: true,
      itemsCut: 10,
      calls: [{ ...call, input: { table: 'a' }, result: { rows: 1 } }],
    },
  ],
};

describe('the report', () => {
  it('in English', () =>
    expect(renderReport(run, 'en')).toMatchInlineSnapshot(`
      "# Morning check

      **CRITICAL: How was last night?** — 1 critical, 1 warning. 6 steps: 3 done, 1 failed, 1 planned, 1 not run.

      What the night left.

      Inputs: database = \`cinema\`

      ## 1. How was last night?

      **CRITICAL** · done · \`pg pg_overview\` · 120 ms

      three sessions wait for one

      Window: now

      | severity | rule | object | evidence | threshold | fix |
      | --- | --- | --- | --- | --- | --- |
      | critical | lock_chain | 予約 \\| bookings | 3 waiting | 0 | end the root |
      | warning | idle_in_transaction | pid 7 | 42 min | 10 min | commit |

      Next: \`pg_terminate {"pid":7}\`

      - version: 18.4

      **Not examined**

      - replicas: none is configured

      Cut by the server: 20 of 41 of \`sessions\`.

      ## 2. Weather

      done · \`old weather\` · 120 ms

      \`\`\`\`text
      sun
      \`\`\`
      no fence
      \`\`\`\`

      ## 3. Lost

      failed · \`pg pg_overview\` · 120 ms

      **Failed** (\`backend_unreachable\`)

      \`\`\`text
      the backend does not answer
      Start it.
      \`\`\`

      The same call may succeed later.

      ## 4. After

      not run · \`pg pg_overview\`

      Not run: it needs \`lost\`, which gave no result.

      ## 5. End the root

      planned · \`pg pg_terminate\` · 120 ms

      **Planned, not done**

      \`\`\`text
      end session 7
      1. signal 7
      \`\`\`

      Nothing has been changed. The code of this plan, until 1970-01-01T00:00:00.000Z: \`plan_x\`

      ## 6. Each table

      done · \`pg pg_overview\` · 120 ms

      ### Item 1: \`{"table":"a"}\`

      - rows: 1

      10 more items were not examined.

      ## What ran

      | step | server | tool | status | UTC | duration |
      | --- | --- | --- | --- | --- | --- |
      | overview | pg | pg_overview | done | 06:00:00.250Z | 120 ms |
      | weather | old | weather | done | 06:00:00.250Z | 120 ms |
      | lost | pg | pg_overview | failed | 06:00:00.250Z | 120 ms |
      | after | pg | pg_overview | not run | 06:00:00.250Z |  |
      | kill | pg | pg_terminate | planned | 06:00:00.250Z | 120 ms |
      | each | pg | pg_overview | done | 06:00:00.250Z | 120 ms |

      - pg: mcp-postgres-admin 0.1.0 (MCP 2026-07-28)
      - old: not started: the server "old" could not be started: Connection closed

      old, stderr:

      \`\`\`text
      no settings
      \`\`\`

      Began 2026-11-25T06:00:00.000Z, took 1 min 5 s.

      Trace aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: every call carried it, and servers that keep an audit log have it there.
      "
    `));

  it('in Japanese: words are translated, data stay as they came', () =>
    expect(renderReport(run, 'ja')).toMatchInlineSnapshot(`
      "# Morning check

      **重大: How was last night?** — 重大 1 件、警告 1 件。全6ステップ: 完了 3、失敗 1、計画のみ 1、未実行 1。

      What the night left.

      入力: database = \`cinema\`

      ## 1. How was last night?

      **重大** · 完了 · \`pg pg_overview\` · 120 ms

      three sessions wait for one

      対象期間: now

      | 重要度 | 規則 | 対象 | 実測値 | 基準 | 対処 |
      | --- | --- | --- | --- | --- | --- |
      | 重大 | lock_chain | 予約 \\| bookings | 3 waiting | 0 | end the root |
      | 警告 | idle_in_transaction | pid 7 | 42 min | 10 min | commit |

      次の一手: \`pg_terminate {"pid":7}\`

      - version: 18.4

      **未確認**

      - replicas: none is configured

      サーバーが省略しました: \`sessions\` は全41件のうち20件です。

      ## 2. Weather

      完了 · \`old weather\` · 120 ms

      \`\`\`\`text
      sun
      \`\`\`
      no fence
      \`\`\`\`

      ## 3. Lost

      失敗 · \`pg pg_overview\` · 120 ms

      **失敗** (\`backend_unreachable\`)

      \`\`\`text
      the backend does not answer
      Start it.
      \`\`\`

      時間をおいて再実行すると成功する可能性があります。

      ## 4. After

      未実行 · \`pg pg_overview\`

      未実行: 前提の \`lost\` から結果を得られませんでした。

      ## 5. End the root

      計画のみ · \`pg pg_terminate\` · 120 ms

      **計画のみ（未適用）**

      \`\`\`text
      end session 7
      1. signal 7
      \`\`\`

      まだ何も変更していません。この計画の確認コード（1970-01-01T00:00:00.000Z まで有効）: \`plan_x\`

      ## 6. Each table

      完了 · \`pg pg_overview\` · 120 ms

      ### 1件目: \`{"table":"a"}\`

      - rows: 1

      残りの10件は確認していません。

      ## 実行記録

      | ステップ | サーバー | ツール | 状態 | 開始 (UTC) | 所要時間 |
      | --- | --- | --- | --- | --- | --- |
      | overview | pg | pg_overview | 完了 | 06:00:00.250Z | 120 ms |
      | weather | old | weather | 完了 | 06:00:00.250Z | 120 ms |
      | lost | pg | pg_overview | 失敗 | 06:00:00.250Z | 120 ms |
      | after | pg | pg_overview | 未実行 | 06:00:00.250Z |  |
      | kill | pg | pg_terminate | 計画のみ | 06:00:00.250Z | 120 ms |
      | each | pg | pg_overview | 完了 | 06:00:00.250Z | 120 ms |

      - pg: mcp-postgres-admin 0.1.0 (MCP 2026-07-28)
      - old: 起動できず: the server "old" could not be started: Connection closed

      old, stderr:

      \`\`\`text
      no settings
      \`\`\`

      開始 2026-11-25T06:00:00.000Z、所要時間 1 min 5 s。

      トレース aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: すべての呼び出しに付けてあり、監査ログを持つサーバーではそこに残ります。
      "
    `));

  it('is in the language of the runbook when nothing else is said', () => {
    expect(renderReport({ ...run, language: 'ja' })).toBe(renderReport(run, 'ja'));
    expect(renderReport(run)).toBe(renderReport(run, 'en'));
  });

  it('says in every section why there is nothing in it', () => {
    const reasons = ['condition', 'empty_list', 'no_list', 'interrupted'] as const;
    for (const language of ['en', 'ja'] as const) {
      const texts = reasons.map((code) =>
        renderReport({ ...run, steps: [{ ...step, status: 'skipped', calls: [], reason: { code } }] }, language),
      );
      expect(new Set(texts).size).toBe(reasons.length);
    }
  });

  it('warns of a change whose outcome is not known', () => {
    const unknown = { ...error, applied: 'unknown' } as const;
    const steps: StepRecord[] = [{ ...step, status: 'failed', calls: [{ ...call, status: 'failed', error: unknown }] }];
    expect(renderReport({ ...run, steps }, 'en')).toContain('**Whether the change happened is not known.**');
    expect(renderReport({ ...run, steps }, 'ja')).toContain('**変更が適用されたかどうかは不明です。**');
  });
});

it('as data has the result of a step beside its status, and items where there was a list', () => {
  const data = JSON.parse(toJson(run, 'critical')) as { readonly steps: readonly object[] };
  expect(data).toMatchObject({
    runbook: { title: 'Morning check' },
    verdict: 'critical',
    exitCode: 11,
    traceId: run.traceId,
  });
  expect(data.steps[0]).toMatchObject({ id: 'overview', status: 'ok', at, input: {}, result: { version: '18.4' } });
  expect(data.steps[3]).toMatchObject({ status: 'blocked', why: { code: 'needs', step: 'lost' } });
  expect(data.steps[5]).toMatchObject({ items: [{ input: { table: 'a' }, result: { rows: 1 } }], itemsCut: 10 });
});
