import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const root = '/sys/fs/cgroup';
const tries = 100;

/** Control groups of the containers of the engine over `folder`: in each hierarchy of version 1, or in the one of version 2. */
function controlGroupsOf(folder: string): string[] {
  if (!existsSync(root)) return [];
  const name = basename(folder);
  const hierarchies = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return ['', ...hierarchies.map((entry) => entry.name)].map((entry) => join(root, entry, name)).filter(existsSync);
}

/** Removes control groups of an engine that is gone; the kernel can hold one for a moment after its last process. */
export async function removeControlGroups(folder: string): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    const groups = controlGroupsOf(folder);
    if (groups.length === 0) return;
    if (left < tries) await delay(20);
    for (const group of groups) removeTree(group);
  }
  throw new Error(`control groups stay: ${controlGroupsOf(folder).join(' ')}`);
}

/** Only folders can be removed there: their files are the kernel's. */
function removeTree(group: string): void {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(join(group, entry.name));
    }
    rmdirSync(group);
  } catch (error) {
    if (!['EBUSY', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
