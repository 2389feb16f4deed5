import type * as z from 'zod';

/** One setting of a server or of the core: everything that help text, README, server.json and the loader need. */
export interface Setting<Schema extends z.ZodType = z.ZodType> {
  /** Parses the text of a flag or variable, or the YAML value of a file. `.optional()` or `.default()` = not required. */
  readonly schema: Schema;
  /** Without dashes: `statement-timeout`. */
  readonly flag?: string;
  readonly env?: string;
  /** Key in the settings file; defaults to the field's own name. File-only settings have neither flag nor env. */
  readonly key?: string;
  /** Never shown; `<ENV>_FILE` is read too; handed to the redactor before anything can log. */
  readonly secret?: boolean;
  /** What of a value is secret, where the rest is not. */
  readonly secretParts?: (value: unknown) => readonly string[];
  /**
   * A scope list: the plan's targets of this type must match one of its globs (`databases` limits targets of type
   * `database`). While one is set, a plan with no target of any scoped type is refused: name what the change belongs to.
   */
  readonly scope?: string;
  readonly description: string;
  /** Shown in help and README instead of the schema's own default. */
  readonly shownDefault?: string;
  /** Shown in `not_configured`: a value in the right form, no real secret. */
  readonly example?: string;
}

export type SettingsDeclaration = Readonly<Record<string, Setting>>;

/** The parsed values of a declaration. */
export type SettingsValues<Fields extends SettingsDeclaration> = {
  readonly [Name in keyof Fields]: z.output<Fields[Name]['schema']>;
};

/** Declares one setting; only carries the type. */
export function setting<Schema extends z.ZodType>(declared: Setting<Schema>): Setting<Schema> {
  return declared;
}

/** Declares a server's settings; only carries the types. */
export function settings<const Fields extends SettingsDeclaration>(fields: Fields): Fields {
  return fields;
}
