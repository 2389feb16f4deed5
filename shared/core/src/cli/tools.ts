import type { Risk } from '../define/tool.ts';
import { bytes } from '../results/format.ts';
import { gatedTool } from '../serve/list-tools.ts';
import type { ToolListing } from '../serve/listing.ts';
import { columns } from './columns.ts';
import { exitCodes } from './exit-codes.ts';
import type { Session } from './session.ts';

interface ToolRow {
  readonly name: string;
  readonly risk: Risk;
  readonly listed: boolean;
  readonly whyNot?: string;
  readonly bytes: number;
}

/** `tools`: every tool of the server, whether this configuration lists it, and what its definition costs. */
export async function tools(session: Session): Promise<number> {
  const { runtime, world, line } = session;
  const { whyNot } = await runtime.access();
  const listed = new Map((await runtime.listing()).map((tool) => [tool.name, tool]));
  const all = await allDefinitions(session);
  const rows = all.map((definition): ToolRow => {
    const gated = gatedTool(definition);
    const why = whyNot(gated);
    const shown = listed.get(definition.name) ?? definition;
    return {
      name: gated.name,
      risk: gated.risk,
      listed: listed.has(definition.name),
      ...(why === undefined ? {} : { whyNot: why }),
      bytes: Buffer.byteLength(JSON.stringify(shown)),
    };
  });
  const total = rows.reduce((sum, row) => sum + (row.listed ? row.bytes : 0), 0);
  if (line.options.get('json') === 'true') {
    world.out(`${JSON.stringify({ server: session.server.name, tools: rows, listedBytes: total }, null, 2)}\n`);
    return exitCodes.ok;
  }
  const table = rows.map((row) => [
    row.name,
    row.risk,
    String(row.bytes),
    row.listed ? 'yes' : `no: ${row.whyNot ?? ''}`,
  ]);
  world.out(`${columns(['tool', 'risk', 'bytes', 'listed'], table)}\n\n`);
  world.out(`${listed.size} of ${rows.length} tools are listed, ${bytes(total)} of definitions.\n`);
  return exitCodes.ok;
}

/** Of every tool, listed or not. */
export async function allDefinitions({
  server,
  runtime,
}: Pick<Session, 'server' | 'runtime'>): Promise<readonly ToolListing[]> {
  if (server.listing !== undefined) return server.listing();
  const { toolDefinition } = await import('../serve/tool-definition.ts');
  return [...(await runtime.tools()).values()].map(toolDefinition);
}
