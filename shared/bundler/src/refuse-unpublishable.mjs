/** What is never published, by the path it would have come from. */
const never = [
  /\.(test|spec|bench)\.[cm]?[jt]s$/,
  /(^|\/)(tests?|fixtures?|testing|testbed|tooling)\//,
  /(^|\/)ajv|cfWorkerProvider/i,
];

/**
 * @param {readonly string[]} inputs paths of the metafile whose code is in the output
 * @param {readonly string[]} drivers packages that stay ordinary dependencies
 * @throws Error naming what entered
 */
export function refuseUnpublishable(inputs, drivers) {
  const isDriver = (/** @type {string} */ path) => drivers.some((name) => path.includes(`node_modules/${name}/`));
  const entered = inputs.filter((path) => isDriver(path) || never.some((pattern) => pattern.test(path)));
  if (entered.length > 0) throw new Error(`must not be in a published bundle:\n${entered.join('\n')}`);
}
