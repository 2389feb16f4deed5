import { importImage } from './images.ts';

/**
 * What an application does:
 * - `good`: serves, ready after `START_SECONDS` (0), and ends at SIGTERM once it has answered what it was asked;
 * - `exits`: ends with 1 at once; - `never-ready`: serves, but its check fails;
 * - `turns-bad`: ready, and no more after `BAD_AFTER_SECONDS` (3); - `ignores-term`: serves as PID 1, deaf to SIGTERM.
 */
export type CinemaBehaviour = 'good' | 'exits' | 'never-ready' | 'turns-bad' | 'ignores-term';

export interface CinemaImage {
  readonly reference: string;
  /** Served at `/`. */
  readonly version: string;
  readonly behaviour?: CinemaBehaviour;
}

// Sleeps are waited for in the background: a shell acts on a signal only between its foreground commands.
const serve = `#!/bin/sh
if [ "$BEHAVIOUR" = exits ]; then echo 'the seat map is missing' >&2; exit 1; fi
if [ "$BEHAVIOUR" = ignores-term ]; then touch /tmp/ready; exec httpd -f -p 8080 -h /www; fi
finish() { kill "$server"; sleep "\${STOP_SECONDS:-0.5}"; exit 0; }
trap finish TERM
httpd -f -p 8080 -h /www &
server=$!
sleep "\${START_SECONDS:-0}" &
wait $!
if [ "$BEHAVIOUR" != never-ready ]; then touch /tmp/ready; fi
if [ "$BEHAVIOUR" = turns-bad ]; then sleep "\${BAD_AFTER_SECONDS:-3}" & wait $!; rm -f /tmp/ready; fi
wait "$server"
`;

const slow = `#!/bin/sh
sleep 0.3
printf 'Content-Type: text/plain\\r\\n\\r\\n'
cat /www/index.html
`;

/**
 * Imports a web application that serves its version on port 8080: `/` at once, `/cgi-bin/slow` after 0.3 s. It is healthy
 * while `/tmp/ready` is there, so removing that file drains it.
 * @returns the image's id
 */
export async function importCinema(server: { readonly host: string }, image: CinemaImage): Promise<string> {
  const { reference, version, behaviour = 'good' } = image;
  return importImage(server, {
    reference,
    command: ['serve'],
    files: { '/bin/serve': serve, '/www/index.html': `${version}\n`, '/www/cgi-bin/slow': slow },
    environment: { BEHAVIOUR: behaviour },
    labels: { version },
  });
}

export interface CinemaService {
  /** Default `movie`. */
  readonly name?: string;
  readonly image: string;
  /** Default 2. */
  readonly replicas?: number;
  /** Looks for `/tmp/ready`; true by default. */
  readonly healthCheck?: boolean;
  /** Has a label `cinecom.drain`; true by default. */
  readonly drain?: boolean;
  /** Default `2s`. */
  readonly gracePeriod?: string;
  /** Lines of YAML of the service itself, without indentation. */
  readonly lines?: readonly string[];
  /** Lines of YAML below `deploy`. */
  readonly deploy?: readonly string[];
}

/** YAML of one service, to come below `services:`. It is probed twice a second and unhealthy at the second failure. */
export function cinemaService(options: CinemaService): string {
  const {
    name = 'movie',
    image,
    replicas = 2,
    healthCheck = true,
    drain = true,
    gracePeriod = '2s',
    lines = [],
    deploy = [],
  } = options;
  const check =
    '{ test: ["CMD", "test", "-f", "/tmp/ready"], interval: 500ms, timeout: 1s, retries: 2, start_period: 2s }';
  const all = [
    `image: ${image}`,
    `stop_grace_period: ${gracePeriod}`,
    ...(healthCheck ? [`healthcheck: ${check}`] : []),
    ...(drain ? ['labels: { cinecom.drain: "rm -f /tmp/ready" }'] : []),
    ...lines,
    'deploy:',
    ...[`replicas: ${replicas}`, ...deploy].map((line) => `  ${line}`),
  ];
  return [`  ${name}:`, ...all.map((line) => `    ${line}`), ''].join('\n');
}
