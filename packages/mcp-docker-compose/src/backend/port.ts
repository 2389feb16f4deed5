import type { Closable } from '@cinecom/mcp-core';
import type { ComposeModel } from '../model/compose-model.ts';
import type { Container } from '../model/container.ts';
import type { EngineInfo } from '../model/engine-info.ts';
import type { EventHistory } from '../model/event.ts';
import type { LocalImage } from '../model/image.ts';
import type { SourceFile } from '../model/source-file.ts';

/** All that tools know of the project and its engine. Every method rejects with a ToolError. */
export interface ComposeBackend extends Closable {
  readonly engine: Engine;
  readonly compose: Compose;
}

/** What is observed, and done to one container or image, through the engine's API. */
export interface Engine {
  info(signal: AbortSignal): Promise<EngineInfo>;
  /** Of the project, stopped ones and one-offs too; by service and number. */
  containers(signal: AbortSignal): Promise<readonly Container[]>;
  /** By id. @throws ToolError `backend_not_found` */
  container(id: string, signal: AbortSignal): Promise<Container>;
  /** Of the project's containers, oldest first, as far as the engine remembers. */
  events(span: { readonly since: number; readonly until: number }, signal: AbortSignal): Promise<EventHistory>;
  /** By id or reference; undefined when it is not there. */
  image(reference: string, signal: AbortSignal): Promise<LocalImage | undefined>;
}

/** What has to be the same as what Compose does, through its command. */
export interface Compose {
  /** Of the settings, the file or the folder: known also where the file is broken. */
  projectName(signal: AbortSignal): Promise<string>;
  /** Of the Compose command: `2.40.3`. @throws ToolError `not_configured` without one, `backend_unsupported` for 1.x */
  version(signal: AbortSignal): Promise<string>;
  /** @throws ToolError `not_configured` with the words of Compose when the files are not valid */
  model(signal: AbortSignal): Promise<ComposeModel>;
  /** The texts that the project is made of, for positions: later ones override; also those included and extended. */
  sources(signal: AbortSignal): Promise<readonly SourceFile[]>;
}
