/** An organisation that the token sees. */
export interface Organization {
  readonly slug: string;
  readonly name: string | undefined;
}

export interface Project {
  readonly id: string;
  readonly slug: string;
  readonly platform: string | undefined;
  readonly teams: readonly string[];
  /** Ids of those teams by slug. */
  readonly teamIds?: ReadonlyMap<string, string>;
  /** UTC ms of the first event ever; undefined where there was none, or it is not told. */
  readonly firstEventAt: number | undefined;
  readonly latestRelease: string | undefined;
  /** That events of it named and nobody has hidden; undefined: not told. */
  readonly environments?: readonly string[] | undefined;
}

/** What one call looks at: every request is cut to it. */
export interface Scope {
  readonly organization: string;
  readonly projects: readonly Project[];
  /** False: all projects that the token sees. */
  readonly isCut: boolean;
  /** None: all. */
  readonly environments: readonly string[];
}

/** UTC ms, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
