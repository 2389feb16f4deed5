import type { Labels } from '@cinecom/promql';

/** One active instance of an alerting rule as Prometheus holds it; external labels are not on it. */
export interface ActiveAlert {
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: 'pending' | 'firing';
  /** UTC ms. */
  readonly activeAt: number;
  readonly keepFiringSince?: number;
  readonly value: number;
}

interface RuleHead {
  readonly name: string;
  readonly expr: string;
  readonly labels: Labels;
  readonly health: 'ok' | 'err' | 'unknown';
  /** Written by the server of the rule; empty when healthy. */
  readonly lastError: string;
  /** UTC ms; 0 before the first evaluation. */
  readonly lastEvaluationAt: number;
  readonly evaluationSeconds: number;
}

export interface AlertingRule extends RuleHead {
  readonly kind: 'alerting';
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly annotations: Labels;
  readonly state: 'inactive' | 'pending' | 'firing' | 'unknown';
  readonly alerts: readonly ActiveAlert[];
}

export interface RecordingRule extends RuleHead {
  readonly kind: 'recording';
}

export type Rule = AlertingRule | RecordingRule;

export interface RuleGroup {
  readonly name: string;
  /** Path as the server gives it, resolved against its working folder where it was relative. */
  readonly file: string;
  readonly intervalMs: number;
  readonly lastEvaluationAt: number;
  readonly evaluationSeconds: number;
  readonly rules: readonly Rule[];
}
