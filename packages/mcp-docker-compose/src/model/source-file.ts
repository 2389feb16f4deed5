/** A file that the project is made of. Its text may hold secrets: it is read for positions, never shown. */
export interface SourceFile {
  /** Relative to the project's folder, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Read only because a service extends one of its services; what else it defines is not part of the project. */
  readonly isOnlyExtended: boolean;
}

/** A place in a file of the project. */
export interface Location {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}
