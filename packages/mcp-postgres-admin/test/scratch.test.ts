import { connect, tempState, textOf } from '@cinecom/mcp-core/testing';
import { it } from 'vitest';
import { server } from '../src/server.ts';

it('scratch', async () => {
  for (const port of [54815, 54818]) {
    await using state = await tempState();
    const env = { ...state.env, DATABASE_URL: `postgresql://postgres@127.0.0.1:${port}/cinema` };
    await using connected = await connect(server, { era: 'modern', env });
    for (const [name, args] of JSON.parse(process.env['CALLS'] ?? '[["pg_overview",{}]]') as [string, object][]) {
      const started = performance.now();
      const result = await connected.client.callTool({ name, arguments: args as never });
      console.log(
        port,
        name,
        JSON.stringify(args),
        Math.round(performance.now() - started),
        'ms\n' + textOf(result as never),
      );
    }
    console.log(connected.stderr());
  }
});
