/** One measured figure, with its target where a spec sets one. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** `atMost`/`atLeast` decide the mark; without a target the figure only informs. */
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
  /** How it was measured: count, statistic, what is included. */
  readonly how: string;
}

export function reached(figure: Figure): boolean | undefined {
  if (figure.target === undefined) return undefined;
  return 'atMost' in figure.target ? figure.value <= figure.target.atMost : figure.value >= figure.target.atLeast;
}
