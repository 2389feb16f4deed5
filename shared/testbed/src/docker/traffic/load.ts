import { get } from 'node:http';

const lookEveryMs = 5;
const patienceMs = 10_000;
const maximumInFlight = 500;
const shownFailures = 10;

export interface LoadReport {
  readonly requests: number;
  readonly failed: number;
  /** Of the first failures, with the ms since the start. */
  readonly failures: readonly string[];
  /** Requests that were due and not sent, since 500 were waiting for an answer. */
  readonly notSent: number;
  /** Good answers by image id. */
  readonly answersBy: Readonly<Record<string, number>>;
  /** Good answers by container name. */
  readonly answersByReplica: Readonly<Record<string, number>>;
}

export interface LoadOptions {
  /** Of loopback. */
  readonly port: number;
  readonly path: string;
  readonly perSecond: number;
}

/** Sends requests at a constant rate, each over a connection of its own, however long answers take. */
export function startLoad({ port, path, perSecond }: LoadOptions): { stop(): Promise<LoadReport> } {
  const start = performance.now();
  const waiting = new Set<Promise<void>>();
  const failures: string[] = [];
  const counts = { sent: 0, failed: 0, notSent: 0 };
  const answersBy: Record<string, number> = {};
  const answersByReplica: Record<string, number> = {};
  const send = async (): Promise<void> => {
    try {
      const { image, replica } = await askOnce(port, path);
      answersBy[image] = (answersBy[image] ?? 0) + 1;
      answersByReplica[replica] = (answersByReplica[replica] ?? 0) + 1;
    } catch (error) {
      counts.failed += 1;
      if (failures.length < shownFailures) failures.push(`${sinceStart()} ms: ${(error as Error).message}`);
    }
  };
  const sinceStart = (): number => Math.round(performance.now() - start);
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1000) * perSecond);
    while (counts.sent + counts.notSent < due) {
      if (waiting.size >= maximumInFlight) {
        counts.notSent += 1;
        continue;
      }
      counts.sent += 1;
      const answer = send().finally(() => waiting.delete(answer));
      waiting.add(answer);
    }
  }, lookEveryMs);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(waiting);
      const { sent: requests, failed, notSent } = counts;
      return { requests, failed, failures, notSent, answersBy, answersByReplica };
    },
  };
}

/** Rejects at a status of 500 and more, at an answer that breaks off and at none within 10 s. */
function askOnce(port: number, path: string): Promise<{ readonly image: string; readonly replica: string }> {
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, path, agent: false, signal: AbortSignal.timeout(patienceMs) });
    asked.once('error', reject);
    asked.once('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        const { statusCode = 0, headers } = answer;
        if (statusCode >= 500) reject(new Error(`${statusCode} ${text.slice(0, 200)}`));
        else resolve({ image: String(headers['x-image']), replica: String(headers['x-replica']) });
      });
    });
  });
}
