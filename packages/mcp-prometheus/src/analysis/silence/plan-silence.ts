import { counted, duration, timestamp, ToolError } from '@cinecom/mcp-core';
import { formatDuration } from '@cinecom/promql';
import type { ManagedAlert, Matcher, Silence, SilenceDraft } from '../../model/alertmanager.ts';
import { excludesNothing, matchersText } from './matchers.ts';

export interface SilenceLimits {
  readonly longestMs: number;
  readonly mostAlerts: number;
}

/**
 * What a silence may be, before Alertmanager is asked anything.
 * @throws ToolError `invalid_input` naming the field
 */
export function checkSilence(
  matchers: readonly Matcher[],
  { comment, lengthMs }: { readonly comment: string | undefined; readonly lengthMs: number },
  limits: SilenceLimits,
): void {
  if (comment === undefined || comment.trim().length < 3) {
    throw new ToolError('invalid_input', 'comment is missing: say why, and who works on it', {
      hint: 'Whoever wonders at night why nothing rang reads it.',
    });
  }
  if (matchers.every(excludesNothing)) {
    throw new ToolError('invalid_input', 'matchers match every alert, or only what has no labels', {
      hint: 'Name at least one label with a value: {alertname="DiskFull", instance="db1:9100"}.',
    });
  }
  if (lengthMs > limits.longestMs) {
    throw new ToolError(
      'invalid_input',
      `the silence would last ${formatDuration(lengthMs)} from now; the longest is ${formatDuration(limits.longestMs)}`,
      {
        hint: '--silence-max is the limit; a silence can be extended while the work goes on.',
      },
    );
  }
}

/** @throws ToolError `too_many_targets` */
export function checkReach(alerts: readonly ManagedAlert[], { mostAlerts }: SilenceLimits): void {
  if (alerts.length <= mostAlerts) return;
  throw new ToolError('too_many_targets', `the silence would mute ${alerts.length} alerts; the most is ${mostAlerts}`, {
    hint: 'Name more labels; --silence-max-alerts is the limit.',
  });
}

/** What it would mute now, in words; alert names by count. */
export function reachText(alerts: readonly ManagedAlert[]): string {
  if (alerts.length === 0) return 'mutes no alert that is there now';
  const names = new Map<string, number>();
  for (const { labels } of alerts) names.set(labels.alertname ?? '', (names.get(labels.alertname ?? '') ?? 0) + 1);
  const worst = alerts.filter(({ labels }) => labels.severity === 'critical' || labels.severity === 'page').length;
  const critical = worst === 0 ? '' : `, ${worst} of them critical`;
  return `mutes ${counted(alerts.length, 'alert')} of ${counted(names.size, 'name')}${critical}`;
}

/** What a person must know before agreeing. */
export function silenceWarnings(alerts: readonly ManagedAlert[], matchers: readonly Matcher[]): readonly string[] {
  const critical = alerts.filter(({ labels }) => labels.severity === 'critical' || labels.severity === 'page').length;
  const already = alerts.filter(({ state }) => state === 'suppressed').length;
  return [
    ...(critical === 0 ? [] : [`${counted(critical, 'critical alert')} will wake nobody`]),
    ...(already === 0 ? [] : [`${counted(already, 'alert')} ${already === 1 ? 'is' : 'are'} muted already`]),
    ...(alerts.length === 0 ? ['No alert matches now: a wrong label mutes nothing, and nobody notices'] : []),
    ...(matchers.some(({ name }) => name === 'alertname')
      ? []
      : ['Without alertname it also mutes alerts that nobody thinks of now']),
  ];
}

/** Equal matchers and comment: how a silence is found again after an answer was lost. */
export function isSameSilence(silence: Silence, draft: Pick<SilenceDraft, 'matchers' | 'comment'>): boolean {
  return (
    silence.state !== 'expired' && silence.comment === draft.comment && matchersText(silence) === matchersText(draft)
  );
}

export function lengthText(fromMs: number, toMs: number): string {
  return `until ${timestamp(toMs)} (${duration(toMs - fromMs)})`;
}
