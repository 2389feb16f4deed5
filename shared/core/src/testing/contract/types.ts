import type { Closable, Server } from '../../define/server.ts';
import type { Era } from '../client.ts';
import type { Door } from '../door.ts';
import type { Keep } from '../poison.ts';

/** What the harness needs to know of a server. */
export interface ContractOptions {
  /** A backend that answers like the real one; made anew for each case. */
  readonly connect: () => Promise<Closable>;
  /** Settings under which every tool works; secrets are planted beside them by the harness. */
  readonly env: Readonly<Record<string, string>>;
  /** An example input for every tool; a tool without one fails. */
  readonly inputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Texts of the backend that poison would make meaningless, such as a version to be parsed. */
  readonly keep?: Keep;
  /** Variables of the server's secret settings, with a value in the right form that holds the planted secret. */
  readonly secrets: Readonly<Record<string, (planted: string) => string>>;
}

/** One attack on one tool. It throws an AssertionError when the tool does not hold. */
export interface ContractCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** What every attack gets. */
export interface Attack {
  readonly server: Server;
  readonly options: ContractOptions;
  readonly tool: ToolUnderAttack;
  readonly era: Era;
  readonly door: Door;
}

export interface ToolUnderAttack {
  readonly name: string;
  readonly risk: 'read' | 'write' | 'destructive';
  readonly confirms: boolean;
  readonly input: Readonly<Record<string, unknown>>;
  /** Fields of the input schema that take a string. */
  readonly stringFields: readonly string[];
}
