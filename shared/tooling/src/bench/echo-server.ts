import { createInterface } from 'node:readline';

// The floor that start figures are compared with: Node itself, reading lines and answering them.
for await (const line of createInterface({ input: process.stdin })) {
  const { id } = JSON.parse(line) as { id: unknown };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, result: {} })}\n`);
}
