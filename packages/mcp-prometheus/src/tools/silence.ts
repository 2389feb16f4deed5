import { counted, outside, quote, timestamp, ToolError } from '@cinecom/mcp-core';
import * as z from 'zod';
import { matchersText, matcherText, parseMatchers } from '../analysis/silence/matchers.ts';
import {
  checkReach,
  checkSilence,
  isSameSilence,
  lengthText,
  reachText,
  silenceWarnings,
  type SilenceLimits,
} from '../analysis/silence/plan-silence.ts';
import type { Matcher, Silence } from '../model/alertmanager.ts';
import { defineTool } from '../tool.ts';
import type { QueryCall } from './query-steps.ts';
import { durationOf } from './times.ts';

export const silence = defineTool({
  name: 'prom_silence',
  title: 'Silence alerts',
  description:
    'Creates, extends or expires a silence in Alertmanager. The plan tells which alerts it would mute, by Alertmanager itself; then it looks whether they are.',
  searchHint: 'mute alert silence maintenance window acknowledge snooze expire サイレンス 抑止 メンテナンス',
  risk: 'write',
  input: z.strictObject({
    op: z.enum(['create', 'extend', 'expire']),
    matchers: z.string().max(2000).optional().describe('create: {alertname="DiskFull", instance="db1"}'),
    id: z
      .string()
      .regex(/^[0-9a-fA-F-]{8,64}$/, 'expected the id of a silence')
      .optional()
      .describe('extend, expire: of prom_alerts show=silences'),
    duration: z.string().max(20).default('1h').describe('from now'),
    comment: z.string().max(500).optional().describe('create: why, and who works on it'),
  }),
  output: z.strictObject({
    op: z.enum(['create', 'extend', 'expire']),
    id: z.string(),
    previousId: z.string().optional(),
    matchers: outside(z.string()),
    until: z.string(),
    muted: z.int().describe('matching alerts that are silenced by it now'),
    matching: z.int(),
  }),
  async plan(input, call) {
    return input.op === 'create' ? planCreate(input, call) : planChange({ ...input, op: input.op }, call);
  },
  async apply({ observed }, call) {
    const { backend, signal, clock, settings } = call;
    const { alertmanagers } = backend;
    const { op, matchers, comment, lengthMs, id, startsAt } = observed;
    const filters = matchers.map(matcherText);
    const now = clock.now();
    if (op === 'expire') {
      await alertmanagers.expireSilence(id, signal);
      const after = await alertmanagers.afterSilence(id, { filters, silenced: false }, signal);
      return result({
        op,
        id,
        matchers,
        endsAt: now,
        silenced: after.filter(({ silencedBy }) => silencedBy.includes(id)).length,
        matching: after.length,
      });
    }
    const endsAt = now + lengthMs;
    const draft = {
      matchers,
      startsAt: op === 'create' ? now : startsAt,
      endsAt,
      createdBy: settings.silenceAuthor,
      comment,
    };
    const saved = await alertmanagers.saveSilence(op === 'create' ? draft : { ...draft, id }, signal);
    const after = await alertmanagers.afterSilence(saved, { filters, silenced: true }, signal);
    const silenced = after.filter(({ silencedBy }) => silencedBy.includes(saved)).length;
    return {
      ...result({ op, id: saved, matchers, endsAt, silenced, matching: after.length }),
      ...(op === 'extend' ? { previousId: id } : {}),
    };
  },
  async settle({ observed }, { backend, signal, clock }) {
    const { op, id, lengthMs, matchers, comment } = observed;
    if (op === 'create') {
      const { silences } = await backend.alertmanagers.silences(signal);
      return silences.some((one) => isSameSilence(one, { matchers, comment })) ? 'yes' : 'no';
    }
    const found = await backend.alertmanagers.silence(id, signal);
    if (found === undefined) return 'unknown';
    if (op === 'expire') return found.state === 'expired' ? 'yes' : 'no';
    return found.endsAt > clock.now() + lengthMs / 2 ? 'yes' : 'unknown';
  },
  render({ op, id, previousId, matchers, until, muted, matching }) {
    const head = op === 'expire' ? `Expired silence ${id}` : `Silence ${id} until ${until}`;
    const before = previousId === undefined || previousId === id ? '' : `, in place of ${previousId}`;
    const state =
      op === 'expire'
        ? `${counted(matching - muted, 'matching alert')} can be heard again${muted === 0 ? '' : `, ${muted} not yet`}`
        : `${muted} of ${counted(matching, 'matching alert')} muted by it${muted < matching ? ': look again with prom_alerts' : ''}`;
    return `${head}${before}: ${matchers}\n${state}.`;
  },
});

/** A type, since only types are JSON by their shape. */
type Observed = {
  readonly op: 'create' | 'extend' | 'expire';
  readonly id: string;
  readonly matchers: Pick<Matcher, keyof Matcher>[];
  readonly comment: string;
  readonly lengthMs: number;
  readonly startsAt: number;
  /** Of the alerts that it mutes: others make it another plan. */
  readonly alerts: string[];
};

interface Input {
  readonly op: Observed['op'];
  readonly matchers?: string | undefined;
  readonly id?: string | undefined;
  readonly duration: string;
  readonly comment?: string | undefined;
}

function limitsOf({ settings }: QueryCall): SilenceLimits {
  const longestMs = durationOf('--silence-max', settings.silenceMax, { least: '1m', most: '365d' });
  return { longestMs, mostAlerts: settings.silenceMaxAlerts };
}

async function planCreate({ matchers: text, duration, comment }: Input, call: QueryCall) {
  const matchers = text === undefined ? undefined : parseMatchers(text);
  if (matchers === undefined || matchers.length === 0) {
    throw new ToolError('invalid_input', 'matchers are missing or no label selector', {
      hint: 'Written as {alertname="DiskFull", instance=~"db.*"}, values in double quotes.',
    });
  }
  const limits = limitsOf(call);
  const lengthMs = durationOf('duration', duration, { least: '1m', most: '365d' });
  checkSilence(matchers, { comment, lengthMs }, limits);
  const { alerts } = await call.backend.alertmanagers.alerts(matchers.map(matcherText), call.signal);
  checkReach(alerts, limits);
  const now = call.clock.now();
  const shown = matchersText({ matchers });
  const observed: Observed = {
    op: 'create',
    id: '',
    matchers: [...matchers],
    comment: comment ?? '',
    lengthMs,
    startsAt: 0,
    alerts: alerts.map(({ fingerprint }) => fingerprint).toSorted(),
  };
  return {
    summary: `Silence ${quote(shown)} ${lengthText(now, now + lengthMs)}: ${reachText(alerts)}`,
    steps: [
      `create a silence of ${quote(shown)} for ${duration} with the comment ${quote(comment ?? '')}`,
      ...alerts.slice(0, 10).map(({ labels }) => `mutes ${quote(alertText(labels))}`),
      ...(alerts.length > 10 ? [`mutes ${alerts.length - 10} more`] : []),
    ],
    targets: [{ type: 'silence', id: shown }],
    warnings: silenceWarnings(alerts, matchers),
    undo: 'prom_silence with op expire and the id in the answer',
    observed,
  };
}

async function planChange({ op, id, duration }: Input, call: QueryCall) {
  const found = await existing(id, op, call);
  const limits = limitsOf(call);
  const lengthMs = durationOf('duration', duration, { least: '1m', most: '365d' });
  const matchers = [...found.matchers];
  if (op === 'extend') checkSilence(matchers, { comment: found.comment || 'none', lengthMs }, limits);
  const { alerts } = await call.backend.alertmanagers.alerts(matchers.map(matcherText), call.signal);
  const mine = alerts.filter(({ silencedBy }) => silencedBy.includes(found.id));
  const now = call.clock.now();
  const shown = quote(matchersText(found));
  const observed: Observed = {
    op,
    id: found.id,
    matchers,
    comment: found.comment,
    lengthMs,
    startsAt: found.startsAt,
    alerts: mine.map(({ fingerprint }) => fingerprint).toSorted(),
  };
  const isExpiry = op === 'expire';
  return {
    summary: isExpiry
      ? `Expire the silence of ${shown}: ${counted(mine.length, 'alert')} will be heard again`
      : `Extend the silence of ${shown} from ${timestamp(found.endsAt)}, ${lengthText(now, now + lengthMs)}: ${reachText(alerts)}`,
    steps: [isExpiry ? `expire silence ${found.id}` : `set the end of silence ${found.id} to ${duration} from now`],
    targets: [{ type: 'silence', id: found.id }],
    warnings:
      isExpiry || found.endsAt < now + lengthMs ? [] : ['The silence already lasts longer: this makes it shorter'],
    undo: isExpiry
      ? `prom_silence with op create and the matchers of the plan`
      : `prom_silence with op extend again, or expire`,
    observed,
  };
}

async function existing(id: string | undefined, op: Observed['op'], { backend, signal }: QueryCall): Promise<Silence> {
  if (id === undefined) {
    throw new ToolError('invalid_input', `id is missing: ${op} changes a silence that is there`, {
      hint: 'prom_alerts with show=silences lists them.',
    });
  }
  const found = await backend.alertmanagers.silence(id, signal);
  if (found === undefined || found.state === 'expired') {
    throw new ToolError(
      'backend_not_found',
      `there is no such silence${found === undefined ? '' : ': it has expired'}`,
      {
        hint: 'prom_alerts with show=silences lists those that are active.',
      },
    );
  }
  return found;
}

function alertText({ alertname = '', ...labels }: Readonly<Record<string, string>>): string {
  return `${alertname} ${Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}`;
}

function result({
  op,
  id,
  matchers,
  endsAt,
  silenced,
  matching,
}: {
  readonly op: Observed['op'];
  readonly id: string;
  readonly matchers: readonly Matcher[];
  readonly endsAt: number;
  readonly silenced: number;
  readonly matching: number;
}) {
  return { op, id, matchers: matchersText({ matchers }), until: timestamp(endsAt), muted: silenced, matching };
}
