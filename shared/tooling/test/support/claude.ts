import { readdir, readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { tempState } from '@cinecom/mcp-core/testing';
import { nodeTool } from '@cinecom/testbed';
import { type ProgramRun, runProgram } from '../../src/run-program.ts';

/** Claude Code at home in a folder of its own, never logged in. */
export interface Claude extends AsyncDisposable {
  /** `claude <argv>`, in the project. */
  run(argv: readonly string[], env?: NodeJS.ProcessEnv): Promise<ProgramRun>;
  /** Its configuration folder. */
  readonly config: string;
  /** All that servers wrote to stderr, from its own log. */
  serverLog(): Promise<string>;
  /** How often something asked for the network: every proxy variable leads here, where nobody answers. */
  networkCalls(): number;
}

/** @param project folder to run in; commands installed there are found before those of the machine */
export async function startClaude(project: string): Promise<Claude> {
  const home = await tempState();
  let calls = 0;
  const proxy = createServer((socket) => {
    calls += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const nowhere = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const config = join(home.dir, '.claude');
  const base: NodeJS.ProcessEnv = {
    PATH: [join(project, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
    HOME: home.dir,
    CLAUDE_CONFIG_DIR: config,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_AUTOUPDATER: '1',
    npm_config_update_notifier: 'false',
    ...Object.fromEntries(
      ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [
        [name, nowhere],
        [name.toLowerCase(), nowhere],
      ]),
    ),
    ...home.env,
  };
  return {
    config,
    networkCalls: () => calls,
    run: (argv, env = {}) => {
      const { command, args } = nodeTool('claude');
      return runProgram(command, [...args, ...argv], { cwd: project, env: { ...base, ...env }, longestMs: 60_000 });
    },
    async serverLog() {
      const logs = join(home.dir, '.cache');
      const names = await readdir(logs, { recursive: true });
      const files = names.filter((name) => name.endsWith('.jsonl'));
      return (await Promise.all(files.map((name) => readFile(join(logs, name), 'utf8')))).join('');
    },
    async [Symbol.asyncDispose]() {
      proxy.close();
      await home.remove();
    },
  };
}
