import { isToolError } from '@cinecom/mcp-core';
import type { EngineClient } from './client.ts';

/** Every path that reading needs. */
const paths = [
  '/_ping',
  '/version',
  '/info',
  '/containers/json',
  '/images/json',
  '/networks',
  '/volumes',
  '/system/df',
];

/** Those that are answered with 403. */
export async function refusedReads(client: EngineClient, signal: AbortSignal): Promise<readonly string[]> {
  const looks = await Promise.all(
    paths.map(async (path) => {
      const answer = await client.stream({ path, signal }).catch((error: unknown) => {
        if (isToolError(error) && error.code === 'backend_forbidden') return undefined;
        throw error;
      });
      answer?.destroy(); // what it says does not matter here
      return answer === undefined ? [path] : [];
    }),
  );
  return looks.flat();
}
