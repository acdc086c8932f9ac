/** What npm's client takes for granted; its types leave this module out. */
declare module 'npm-registry-fetch/lib/default-opts.js' {
  const options: { registry: string };
  export default options;
}
