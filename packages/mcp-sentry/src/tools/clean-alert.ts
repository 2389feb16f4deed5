import { alertKey } from '../analysis/ingest/alert-key.ts';
import type { SentryCall } from './scope.ts';

/** What is sent, on one line each and without secrets, so that it can be searched for again. */
export function cleaned(
  {
    title,
    fingerprint,
    tags,
    link,
  }: {
    readonly title: string;
    readonly fingerprint: readonly string[];
    readonly tags: Readonly<Record<string, string>>;
    readonly link?: string | undefined;
  },
  { backend }: SentryCall,
) {
  const clean = (text: string): string => backend.cleaning.secrets(text).replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  const all = Object.entries({ ...tags, ...(link === undefined ? {} : { 'cinecom.link': link }) });
  const known = Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, clean(value)]));
  return {
    title: clean(title),
    key: alertKey(clean(title), fingerprint.map(clean), known),
    // a tag without a value is refused
    tags: Object.fromEntries(all.map(([name, value]) => [name, clean(value)]).filter(([, value]) => value !== '')),
  };
}
