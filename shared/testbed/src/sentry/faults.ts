import type { ServerResponse } from 'node:http';
import type { Fault, FaultAnswer, PlainFault } from './types.ts';

export interface Faults {
  add(fault: Fault | PlainFault): void;
  /** the fault this request meets, if any; counts it as used */
  take(method: string, path: string): Fault | undefined;
}

export function createFaults(): Faults {
  const waiting: { readonly fault: Fault; left: number }[] = [];
  return {
    add: (fault) => {
      const whole = 'answer' in fault ? fault : { ...fault, answer: fault };
      waiting.push({ fault: whole, left: fault.times ?? 1 });
    },
    take: (method, path) => {
      const found = waiting.find(
        ({ fault, left }) =>
          left > 0 &&
          (fault.method === undefined || fault.method === method) &&
          (fault.match === undefined ||
            new RegExp(fault.match.source, fault.match.flags.replace(/[gy]/g, '')).test(path)),
      );
      if (!found) return undefined;
      found.left -= 1;
      return found.fault;
    },
  };
}

const loginPage =
  '<!doctype html><html><head><title>Sign in</title></head><body><form action="/login"></form></body></html>';

/** Plays a fault; `body` is what a sound server would have said. */
export function playFault(
  answer: FaultAnswer,
  response: ServerResponse,
  body: string,
): number | Exclude<FaultAnswer, object> {
  if (answer === 'reset') response.socket?.resetAndDestroy();
  else if (answer === 'truncate') {
    const whole = body === '' ? '{"detail": "cut off"}' : body;
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(whole) });
    response.write(whole.slice(0, Math.max(1, Math.floor(whole.length / 2))), () => response.socket?.destroy());
  } else if (answer === 'html') {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(loginPage);
  } else if (answer === 'hang') {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
  } else if (typeof answer === 'object') {
    response.writeHead(answer.status, { 'Content-Type': 'application/json', ...answer.headers });
    response.end(
      answer.body === undefined ? JSON.stringify({ detail: 'injected fault' }) : JSON.stringify(answer.body),
    );
    return answer.status;
  }
  return answer;
}
