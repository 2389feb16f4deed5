/** What one connection is and can do; probed once, as everything else is chosen by it. */
export interface ServerFacts {
  /** `150018` for 15.18. */
  readonly versionNumber: number;
  /** `15.18`. */
  readonly version: string;
  readonly inRecovery: boolean;
  readonly database: string;
  readonly role: string;
  readonly superuser: boolean;
  /** Predefined roles whose rights the role has. */
  readonly memberOf: readonly string[];
  /** Predefined roles that this version has. */
  readonly predefinedRoles: readonly string[];
  readonly extensions: Readonly<Record<string, { readonly version: string; readonly schema: string }>>;
  /** Extensions that could be created. */
  readonly availableExtensions: readonly string[];
  /** Columns of the statistics views, so that a query asks only for what this version has. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** UTC ms. */
  readonly startedAt: number;
  readonly systemId: string;
  readonly encrypted: boolean;
  /** Neither a socket nor the loopback interface. */
  readonly remote: boolean;
}
