import { type Finding, percent } from '@cinecom/mcp-core';
import { type BurnAlert, burnAlerts, burnWindows, type Labels, type Series } from '@cinecom/promql';
import { shownLabels, shownNumber } from '../../text/index.ts';

/** Error ratios of one objective, one series a group of its labels. */
export interface SloReading {
  readonly name: string;
  readonly objective: number;
  readonly windowMs: number;
  /** By window, `5m` to `3d`; a window that could not be read is absent. */
  readonly ratios: ReadonlyMap<string, readonly Series[]>;
  /** Over the window of the objective. */
  readonly overall: readonly Series[];
}

export interface SloState {
  readonly name: string;
  readonly labels: string;
  readonly objective: number;
  /** Share of the errors allowed that is still unused; below 0: overspent. Undefined without traffic in the window. */
  readonly budgetLeft: number | undefined;
  /** Error ratio over the window of the objective. */
  readonly errorRatio: number | undefined;
  /** How many times faster than allowed, by window; a window without traffic is absent. */
  readonly burns: readonly { readonly window: string; readonly burn: number }[];
  readonly firing: readonly BurnAlert[];
}

/** Budget and burn of each group, the one with least left first. */
export function sloStates({ name, objective, windowMs, ratios, overall }: SloReading): readonly SloState[] {
  const allowed = 1 - objective;
  const keys = new Map<string, Labels>();
  for (const series of [overall, ...ratios.values()].flat()) keys.set(keyOf(series.labels), series.labels);
  return [...keys]
    .map(([key, labels]): SloState => {
      const valueIn = (all: readonly Series[] | undefined): number | undefined => {
        const value = all?.find((series) => keyOf(series.labels) === key)?.points.at(-1)?.[1];
        return value === undefined || !Number.isFinite(value) ? undefined : value;
      };
      const errorRatio = valueIn(overall);
      const burns = burnWindows.flatMap((window) => {
        const ratio = valueIn(ratios.get(window));
        return ratio === undefined ? [] : [{ window, burn: ratio / allowed }];
      });
      const burnIn = (window: string): number => burns.find((one) => one.window === window)?.burn ?? 0;
      return {
        name,
        labels: shownLabels(labels),
        objective,
        errorRatio,
        budgetLeft: errorRatio === undefined ? undefined : 1 - errorRatio / allowed,
        burns,
        firing: burnAlerts(windowMs).filter(
          ({ long, short, factor }) => burnIn(long) > factor && burnIn(short) > factor,
        ),
      };
    })
    .toSorted((a, b) => (a.budgetLeft ?? Infinity) - (b.budgetLeft ?? Infinity));
}

function keyOf({ __name__: _name, ...labels }: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What of the budgets needs someone, by the alerts that would fire. */
export function judgeSlo(states: readonly SloState[]): readonly Finding[] {
  return states.flatMap((state): readonly Finding[] => {
    const object = state.labels === '{}' ? state.name : `${state.name} ${state.labels}`;
    const [worst] = state.firing;
    const burn = (window: string): string => shownNumber(state.burns.find((one) => one.window === window)?.burn);
    const burning: readonly Finding[] =
      worst === undefined
        ? []
        : [
            {
              id: worst.kind === 'page' ? 'burn_page' : 'burn_ticket',
              severity: worst.kind === 'page' ? 'critical' : 'warning',
              object,
              evidence: `burns ×${burn(worst.long)} over ${worst.long} and ×${burn(worst.short)} over ${worst.short}`,
              threshold: `×${worst.factor} in both`,
              fix:
                worst.kind === 'page' ? 'Act now: what changed, and which part fails?' : 'Plan the repair within days.',
              next: { tool: 'prom_what_changed', args: { at: 'now' } },
            },
          ];
    if (state.budgetLeft === undefined || state.budgetLeft > 0) return burning;
    return [
      ...burning,
      {
        id: 'budget_exhausted',
        severity: 'warning',
        object,
        evidence: `${percent(state.budgetLeft)} of the budget left, ${percent(state.errorRatio ?? 0)} of events failed`,
        threshold: 'above 0 %',
        fix: 'Put repairs before features until it is above 0, or settle on another objective.',
      },
    ];
  });
}
