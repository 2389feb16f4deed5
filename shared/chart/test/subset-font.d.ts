declare module 'subset-font' {
  /** The package comes without types; this is what the tests use of it. */
  const subsetFont: (font: Buffer, text: string, options: { readonly targetFormat: 'sfnt' }) => Promise<Buffer>;
  export = subsetFont;
}
