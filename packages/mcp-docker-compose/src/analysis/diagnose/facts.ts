import type { ComposeModel, ComposeService } from '../../model/compose-model.ts';
import type { Container } from '../../model/container.ts';
import type { EngineEvent } from '../../model/event.ts';
import type { Drift } from '../drift/drift-of.ts';
import type { OriginLine } from '../logs/collapse.ts';
import type { Usage } from '../stats/usage-of.ts';

/** All that was read of one service. */
export interface ServiceFacts {
  readonly name: string;
  /** Undefined: the files do not have it, or are not known. */
  readonly wanted: ComposeService | undefined;
  /** Without one-offs. */
  readonly containers: readonly Container[];
  /** By container id. */
  readonly drifts: ReadonlyMap<string, Drift>;
  /** Of the window, oldest first; also those of containers that are gone. */
  readonly events: readonly EngineEvent[];
  /** The last lines within the window by container id, oldest first. */
  readonly logs: ReadonlyMap<string, readonly OriginLine[]>;
  /** By container id; those that did not run at both samples are left out. */
  readonly usage: ReadonlyMap<string, Usage>;
}

/** What was read of the project and its host; undefined = could not be read. */
export interface ProjectFacts {
  /** UTC ms. */
  readonly now: number;
  readonly model: ComposeModel | undefined;
  readonly services: ReadonlyMap<string, ServiceFacts>;
  /** References of the model that are images on the host. */
  readonly images: ReadonlySet<string>;
  /** Names of all of the host. */
  readonly volumes: ReadonlySet<string> | undefined;
  readonly networks: ReadonlySet<string> | undefined;
  /** Names of containers that publish a port of the host. */
  readonly holders: ReadonlyMap<number, readonly string[]>;
  /** UTC ms from which on no event was forgotten. */
  readonly completeSince: number;
}
