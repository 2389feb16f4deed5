import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AuditEvent, readLog } from '../../audit/index.ts';
import { forbiddenInAnswers, forbiddenTags } from './corpus.ts';

/** Everything that reached the client: text, structured content, meta, as one string. */
export function wholeAnswer(result: unknown): string {
  return JSON.stringify(result);
}

/** Text blocks of an answer, raw. */
export function answerText(result: { readonly content?: readonly unknown[] }): string {
  const blocks = (result.content ?? []) as readonly { readonly text?: string }[];
  return blocks.map((block) => block.text ?? '').join('\n');
}

export function assertClean(text: string): void {
  const hidden = forbiddenInAnswers.exec(text);
  assert.equal(
    hidden,
    null,
    `hidden character U+${hidden?.[0].codePointAt(0)?.toString(16)} left in: ${text.slice(0, 200)}`,
  );
  const tag = forbiddenTags.exec(text);
  assert.equal(tag, null, `pseudo tag ${tag?.[0]} left in: ${text.slice(0, 400)}`);
}

export function assertNoSecret(text: string, secret: string, where: string): void {
  const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, '')];
  for (const form of forms) assert.ok(!text.includes(form), `a planted secret shows in ${where}`);
}

/** The content of every file below a folder: audit segments, marks, state. */
export async function contentOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const contents = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
  return contents.join('\n');
}

/** Events of the audit log below a state folder. */
export async function auditEvents(folder: string): Promise<readonly AuditEvent[]> {
  const folders = await readdir(folder, { recursive: true, withFileTypes: true });
  const logs = folders.filter((entry) => entry.isDirectory() && entry.name === 'audit');
  const events: AuditEvent[] = [];
  for (const log of logs) {
    for await (const entry of readLog({ dir: join(log.parentPath, log.name) })) events.push(entry.event);
  }
  return events;
}
