import { bundleServer } from '@cinecom/bundler';

// Writes what is published into dist/; after `tsc -b`, so that nothing untyped is bundled.
const { packages, cache } = await bundleServer({ folder: import.meta.dirname });
console.log(`bundled with ${packages.join(', ')}; ${cache}`);
