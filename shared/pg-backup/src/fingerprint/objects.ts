import { codeCategories } from './object-queries/code.ts';
import { relationCategories } from './object-queries/relations.ts';
import { rightsCategories } from './object-queries/rights.ts';
import { orReason } from './or-reason.ts';
import type { Fingerprint, FingerprintSession } from './types.ts';

type Prints = Pick<Fingerprint, 'objects' | 'unreadCategories'>;

/** Digests of all definitions of the database and its roles, by category; a category that cannot be read is named with the reason. */
export async function printObjects(session: FingerprintSession, major: number): Promise<Prints> {
  const queries = { ...relationCategories(major), ...codeCategories, ...rightsCategories(major) };
  const objects: Record<string, Record<string, string>> = {};
  const unreadCategories: Record<string, string> = {};
  for (const [category, definitions] of Object.entries(queries)) {
    const prints = await orReason(session, () => printCategory(session, definitions));
    if (typeof prints === 'string') unreadCategories[category] = prints;
    else objects[category] = prints;
  }
  return { objects, unreadCategories };
}

async function printCategory(session: FingerprintSession, definitions: string): Promise<Record<string, string>> {
  const { rows } = await session.query(
    `SELECT name, left(md5(string_agg(coalesce(definition, ''), ';' ORDER BY definition)), 16) AS digest
     FROM (${definitions}) AS object(name, definition) GROUP BY name ORDER BY name`,
  );
  return Object.fromEntries(
    (rows as readonly { name: string; digest: string }[]).map(({ name, digest }) => [name, digest]),
  );
}
