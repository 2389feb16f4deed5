export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

export interface Target {
  /** The backend's word for the kind of thing: `backend`, `table`, `index`, `service`, … */
  readonly type: string;
  /** The name a person would type to confirm a destructive change. */
  readonly id: string;
}

/** What a changing tool will do, as shown to the person who confirms it. */
export interface Plan<Observed extends Json = Json> {
  readonly summary: string;
  /** The exact steps, one line each. Empty = nothing to do, and no code is issued. */
  readonly steps: readonly string[];
  readonly targets: readonly Target[];
  readonly warnings: readonly string[];
  /** How to take it back, or why that cannot be done. */
  readonly undo: string;
  /** What the plan rests on, nothing volatile: it makes the fingerprint, and `apply` works from it. */
  readonly observed: Observed;
}
