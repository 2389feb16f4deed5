import { readFileSync } from 'node:fs';

/** A top-level statement of the SDK's schema modules: its first line, and the lines that go on with it. */
const schema = /^const (\w+) = ((?:z|\w+Schema)\b.*(?:\n[\t}\])].*)*);$/gm;

/** The SDK's register of all schemas by name, which only its exports `specTypeSchemas` and `isSpecType` show. */
const register = /^const _specTypeSchemas = \{\};\n[\s\S]*?\nfor \(.*\bauthSchemas\b.*\n/m;

const freeze = /^const (specTypeSchemas|isSpecType) = Object\.freeze\((\w+)\);$/gm;

/**
 * Lets esbuild drop the protocol schemas that nothing here refers to, which start-up would build for nothing: each is
 * marked as an expression without effects, which building a schema is. What is referred to stays as it was.
 *
 * @type {import('esbuild').Plugin}
 */
export const onlyUsedSchemas = {
  name: 'only-used-schemas',
  setup(build) {
    build.onLoad({ filter: /@modelcontextprotocol[\\/]core[\\/]dist[\\/][\w-]+\.mjs$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(schema, 'const $1 = /* @__PURE__ */ (() => $2)();'),
    }));
    build.onLoad({ filter: /@modelcontextprotocol[\\/]server[\\/]dist[\\/]src-[\w-]+\.mjs$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const frozen = source.match(freeze) ?? [];
      if (!register.test(source) || frozen.length !== 2) {
        return { errors: [{ text: 'the SDK no longer registers its schemas as only-used-schemas.mjs expects' }] };
      }
      const contents = source
        .replace(
          register,
          (text) =>
            `const specTypes = /* @__PURE__ */ (() => {\n${text}return { _specTypeSchemas, _isSpecType };\n})();\n`,
        )
        .replaceAll(freeze, 'const $1 = /* @__PURE__ */ (() => Object.freeze(specTypes.$2))();');
      return { contents };
    });
  },
};
