import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../host/folders.ts';
import { BackendUnavailable } from '../unavailable.ts';

/** Official clients and suites that need a newer Node than the servers do; none is a dependency of this repository. */
export type NodeToolName = 'conformance' | 'inspector' | 'claude';

/** How to start one: `command` followed by `args` and the tool's own arguments. */
export interface NodeTool {
  readonly command: string;
  readonly args: readonly string[];
}

const scripts: Readonly<Record<NodeToolName, string>> = {
  conformance: '@modelcontextprotocol/conformance/dist/index.js',
  inspector: '@modelcontextprotocol/inspector/clients/launcher/build/index.js',
  claude: '@anthropic-ai/claude-code/bin/claude.exe',
};

/** Folder that `.ci/backends` fills, with a Node of its own. */
function toolsFolder(): string {
  return join(process.env['TESTBED_NODE_TOOLS_DIR'] || join(cacheFolder(), 'node-tools'), 'node_modules');
}

/** Why a tool cannot be had here, undefined when it can. */
export function missingNodeTool(name: NodeToolName): string | undefined {
  const needed = [join(toolsFolder(), scripts[name]), join(toolsFolder(), '.bin/node')];
  const missing = needed.find((path) => !existsSync(path));
  return missing && `${name} is not installed (no ${missing}); .ci/backends installs it, or set TESTBED_NODE_TOOLS_DIR`;
}

/** @throws BackendUnavailable saying what to install */
export function nodeTool(name: NodeToolName): NodeTool {
  const missing = missingNodeTool(name);
  if (missing !== undefined) throw new BackendUnavailable(missing);
  const program = join(toolsFolder(), scripts[name]);
  return name === 'claude'
    ? { command: program, args: [] }
    : { command: join(toolsFolder(), '.bin/node'), args: [program] };
}
