import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { DockerServer } from '@cinecom/testbed';

/** One event of a container, in the engine's own words. */
export interface SeenEvent {
  /** UTC ms. */
  readonly at: number;
  readonly action: string;
  readonly id: string;
}

/** Events of a project's containers as the engine tells them, past the server. */
export interface EventWatch extends Disposable {
  readonly seen: readonly SeenEvent[];
}

export async function watchEvents(server: DockerServer, project: string): Promise<EventWatch> {
  const filters = { type: ['container'], label: [`com.docker.compose.project=${project}`] };
  const path = `/events?filters=${encodeURIComponent(JSON.stringify(filters))}`;
  const place = server.socket === '' ? new URL(server.host.replace('tcp:', 'http:')) : { socketPath: server.socket };
  const asked = request({ ...(place instanceof URL ? { host: place.hostname, port: place.port } : place), path }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const seen: SeenEvent[] = [];
  let rest = '';
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((one) => one !== '')) {
      const { Action, timeNano, Actor } = JSON.parse(line) as {
        readonly Action: string;
        readonly timeNano: number;
        readonly Actor: { readonly ID: string };
      };
      seen.push({ at: timeNano / 1e6, action: Action, id: Actor.ID });
    }
  });
  answer.on('error', () => undefined); // the end of watching
  return { seen, [Symbol.dispose]: () => void asked.destroy() };
}
