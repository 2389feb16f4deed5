import { labelKey, type Labels } from '@cinecom/promql';
import type { ManagedAlert } from '../../model/alertmanager.ts';
import type { ActiveAlert, RuleGroup } from '../../model/rule.ts';

/** An alert as both sides together know it. */
export interface MergedAlert {
  readonly name: string;
  /** Without external labels. */
  readonly labels: Labels;
  readonly severity: string;
  readonly state: 'pending' | 'firing' | 'silenced' | 'inhibited' | 'muted';
  /** UTC ms. */
  readonly since: number;
  readonly value: number | undefined;
  readonly summary: string;
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
  readonly receivers: readonly string[];
  /** Firing here for longer than it takes to be sent, and unknown to Alertmanager. Undefined where that was not asked. */
  readonly delivered: boolean | undefined;
  /** False for what only Alertmanager knows: it comes from elsewhere. */
  readonly fromHere: boolean;
}

export interface AlertSources {
  readonly alerts: readonly ActiveAlert[];
  /** For how long each must be true before it fires, by alert name. */
  readonly forMs: ReadonlyMap<string, number>;
  /** Undefined where no Alertmanager could be asked. */
  readonly managed: readonly ManagedAlert[] | undefined;
  readonly external: Labels;
  readonly now: number;
}

/** Prometheus sends once, and again after a minute: what was lost once is there by then. */
const deliveryMs = 90_000;

/** One row each, by their labels without external ones; worst first. */
export function mergeAlerts({ alerts, forMs, managed, external, now }: AlertSources): readonly MergedAlert[] {
  const keyOf = (labels: Labels): string => labelKey(withoutExternal(labels, external));
  const byKey = new Map(managed?.map((alert) => [keyOf(alert.labels), alert]));
  const own = alerts.map((alert): MergedAlert => {
    const key = keyOf(alert.labels);
    const there = byKey.get(key);
    byKey.delete(key);
    const isDue = alert.state === 'firing' && now - alert.activeAt - (forMs.get(alert.name) ?? 0) > deliveryMs;
    return {
      name: alert.name,
      labels: withoutExternal(alert.labels, external),
      severity: alert.labels.severity ?? '',
      state: stateOf(alert.state, there),
      since: alert.activeAt,
      value: alert.value,
      summary: summaryOf(alert.annotations),
      silencedBy: there?.silencedBy ?? [],
      inhibitedBy: there?.inhibitedBy ?? [],
      receivers: there?.receivers ?? [],
      delivered: managed === undefined || !isDue ? undefined : there !== undefined,
      fromHere: true,
    };
  });
  const others = [...byKey.values()].map((alert) => elsewhere(alert, external));
  return [...own, ...others].toSorted((a, b) => rank(a) - rank(b) || a.since - b.since);
}

/** Alerts of rules, and for how long each must be true. */
export function alertsOf(groups: readonly RuleGroup[]): Pick<AlertSources, 'alerts' | 'forMs'> {
  const rules = groups.flatMap((group) => group.rules.filter((rule) => rule.kind === 'alerting'));
  return {
    alerts: rules.flatMap((rule) => rule.alerts),
    forMs: new Map(rules.map((rule) => [rule.name, rule.forMs])),
  };
}

/** Labels of an alert as Prometheus itself knows it: external labels are put on when it is sent. */
export function withoutExternal(labels: Labels, external: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name, value]) => external[name] !== value));
}

/** Whether it wakes somebody. */
export function isLoud({ state }: MergedAlert): boolean {
  return state === 'firing';
}

function elsewhere(alert: ManagedAlert, external: Labels): MergedAlert {
  return {
    name: alert.labels.alertname ?? '',
    labels: withoutExternal(alert.labels, external),
    severity: alert.labels.severity ?? '',
    state: stateOf('firing', alert),
    since: alert.startsAt,
    value: undefined,
    summary: summaryOf(alert.annotations),
    silencedBy: alert.silencedBy,
    inhibitedBy: alert.inhibitedBy,
    receivers: alert.receivers,
    delivered: true,
    fromHere: false,
  };
}

function stateOf(state: ActiveAlert['state'], there: ManagedAlert | undefined): MergedAlert['state'] {
  if (state === 'pending' || there === undefined || there.state !== 'suppressed') return state;
  if (there.silencedBy.length > 0) return 'silenced';
  return there.inhibitedBy.length > 0 ? 'inhibited' : 'muted';
}

function summaryOf(annotations: Labels): string {
  return annotations.summary ?? annotations.description ?? annotations.message ?? '';
}

const states: readonly MergedAlert['state'][] = ['firing', 'pending', 'inhibited', 'silenced', 'muted'];
const severities: readonly string[] = ['page', 'critical', 'error', 'warning'];

function rank({ state, severity }: MergedAlert): number {
  const place = severities.indexOf(severity);
  return states.indexOf(state) * 10 + (place < 0 ? severities.length : place);
}
