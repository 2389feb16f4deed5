import { generate } from './docs/generate.ts';
import { formatted, outdated, write } from './docs/output.ts';

// `npm run docs` writes what is generated; `npm run docs -- --check` only tells what differs, and fails.
const stale = outdated(await formatted(await generate()));
if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`out of date: ${path}`);
  if (stale.length > 0) {
    console.error('Run: npm run docs');
    process.exitCode = 1;
  } else console.log('Generated documents are up to date.');
} else {
  write(stale);
  console.log(stale.length === 0 ? 'Nothing to write.' : stale.map(({ path }) => `wrote ${path}`).join('\n'));
}
