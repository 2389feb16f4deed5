import type { Series } from '@cinecom/promql';
import type { ManagedAlert } from '../../model/alertmanager.ts';
import type { ActiveAlert, RuleGroup } from '../../model/rule.ts';
import type { Identity } from '../../model/rule-files.ts';
import type { RuntimeInfo } from '../../model/server-state.ts';
import type { ScrapeTarget } from '../../model/target.ts';
import type { ResourceReading } from '../resources/judge-resources.ts';

/** What the overview looked at; a part that could not be read is undefined. */
export interface OverviewReading {
  readonly ready: boolean | undefined;
  readonly runtime: RuntimeInfo | undefined;
  readonly identity: Identity | undefined;
  readonly targets: readonly ScrapeTarget[] | undefined;
  readonly groups: readonly RuleGroup[] | undefined;
  readonly alerts: readonly ActiveAlert[] | undefined;
  /** As Alertmanager holds them, external labels cut off. */
  readonly managed: readonly ManagedAlert[] | undefined;
  /** Alerts that fired in the window: `ALERTS` counted by name and severity. */
  readonly fired: readonly Series[] | undefined;
  readonly resources: readonly ResourceReading[] | undefined;
  readonly errorRatios: readonly Series[] | undefined;
  /** Label of services in `errorRatios`. */
  readonly serviceLabel: string;
  /** Filesystems that are full in four days at the pace of six hours: bytes then. */
  readonly fillingUp: readonly Series[] | undefined;
  readonly dropped: number | undefined;
  readonly burns: readonly Burn[];
}

/** How fast the error budget of an objective is used up: 1 = exactly over its window. */
export interface Burn {
  readonly name: string;
  readonly window: string;
  readonly rate: number;
}
