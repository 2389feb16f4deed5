export interface EventRow {
  readonly id: string;
  readonly at: number | undefined;
  readonly title: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Frame {
  readonly file: string | undefined;
  readonly module: string | undefined;
  readonly function: string | undefined;
  readonly line: number | undefined;
  readonly inApp: boolean;
  /** The source line itself, where the event carries it. */
  readonly source: string | undefined;
}

export interface ExceptionPart {
  readonly type: string | undefined;
  readonly value: string | undefined;
  readonly handled: boolean | undefined;
  /** Innermost call last, as Sentry has them. */
  readonly frames: readonly Frame[];
}

export interface Breadcrumb {
  readonly at: number | undefined;
  readonly category: string | undefined;
  readonly level: string | undefined;
  readonly text: string | undefined;
}

/** One event. Users, cookies and addresses of people are not read at all. */
export interface SentryEvent {
  readonly id: string;
  readonly issueId: string | undefined;
  readonly projectId: string | undefined;
  readonly title: string | undefined;
  readonly message: string | undefined;
  readonly at: number | undefined;
  readonly receivedAt: number | undefined;
  readonly platform: string | undefined;
  readonly release: string | undefined;
  readonly fingerprints: readonly string[];
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** Outermost cause first, the one that was thrown last, as Sentry has them. */
  readonly exceptions: readonly ExceptionPart[];
  readonly breadcrumbs: readonly Breadcrumb[];
  readonly request: { readonly method: string | undefined; readonly url: string | undefined } | undefined;
  readonly traceId: string | undefined;
  readonly replayId: string | undefined;
}
