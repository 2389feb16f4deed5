import { duration } from '@cinecom/mcp-core';

/** Prints what happens, each step with the time since the start. */
export interface Report {
  step(text: string): void;
  heading(text: string): void;
  body(text: string): void;
}

export function createReport(print: (line: string) => void, now: () => number): Report {
  const began = now();
  return {
    step: (text) => print(`[${duration(now() - began).padStart(7)}] ${text}`),
    heading: (text) => print(`\n## ${text}\n`),
    body: (text) => print(text),
  };
}
