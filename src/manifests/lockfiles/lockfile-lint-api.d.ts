/** What lockfile-lint knows of registries; the package comes without types. */
declare module 'lockfile-lint-api/src/common/constants.js' {
  const constants: { REGISTRY: { npm: string; yarn: string } };
  export default constants;
}
