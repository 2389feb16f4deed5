import type { Severity } from '@cinecom/mcp-core';
import type { ComposeModel, ComposeService } from '../../model/compose-model.ts';
import type { ImageDefaults } from '../../model/image.ts';
import type { Location, SourceFile } from '../../model/source-file.ts';
import type { ContainerEnd } from '../events/ends.ts';
import type { FilePath, Locator } from '../files/locate.ts';

/** What rules look at. */
export interface LintProject {
  readonly model: ComposeModel;
  /** Of the scope. */
  readonly services: readonly ComposeService[];
  /** Of the images that the services name, by reference; one that is not on the host is left out. */
  readonly defaults: ReadonlyMap<string, ImageDefaults>;
  /** Ends of containers that the engine remembers. */
  readonly ends: readonly ContainerEnd[];
  readonly sources: readonly SourceFile[];
  readonly locator: Locator;
}

/** What a rule found; `fix` holds nothing that was read. */
export interface LintFinding {
  readonly severity: Severity;
  readonly object: string;
  readonly evidence: string;
  readonly threshold: string;
  readonly fix: string;
  readonly at: Location | undefined;
  /** Service for a next call, where there is one that helps. */
  readonly sizes?: string;
}

export interface LintRule {
  readonly id: string;
  check(project: LintProject): readonly LintFinding[];
}

/** One service under a rule, with what rules about services need. */
export interface LintService {
  readonly service: ComposeService;
  readonly project: LintProject;
  /** Of its image, where that is on the host. */
  readonly defaults: ImageDefaults | undefined;
  /** The line of a key of the service, else of what is above it; the line with `needle` among those that belong to it. */
  readonly line: (path: FilePath, needle?: string) => Location | undefined;
}

export type ServiceFinding = Omit<LintFinding, 'object'>;

/** A rule that looks at each service for itself. */
export function serviceRule(id: string, check: (one: LintService) => readonly ServiceFinding[]): LintRule {
  return {
    id,
    check: (project) =>
      project.services.flatMap((service) => {
        const defaults = project.defaults.get(service.image);
        const line = (path: FilePath, needle?: string): Location | undefined => {
          const at = project.locator.nearest(['services', service.name, ...path]);
          return at === undefined || needle === undefined ? at : lineWith(project.sources, at, needle);
        };
        return check({ service, project, defaults, line }).map((one) => ({ ...one, object: service.name }));
      }),
  };
}

/** The first line of a key's block that has the text; the key's own line where none has. */
function lineWith(sources: readonly SourceFile[], at: Location, needle: string): Location {
  const lines = textOf(sources, at.file).split('\n');
  const depth = indentOf(lines[at.line - 1] ?? '');
  for (let index = at.line - 1; index < lines.length; index += 1) {
    const text = lines[index] ?? '';
    const isInside = index < at.line || text.trim() === '' || indentOf(text) > depth || /^\s*-/.test(text);
    if (!isInside) break;
    if (text.includes(needle)) return { file: at.file, line: index + 1 };
  }
  return at;
}

/** The line itself. */
export function textAt(sources: readonly SourceFile[], at: Location | undefined): string {
  return at === undefined ? '' : (textOf(sources, at.file).split('\n')[at.line - 1] ?? '');
}

function textOf(sources: readonly SourceFile[], file: string): string {
  return sources.find(({ path }) => path === file)?.text ?? '';
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}
