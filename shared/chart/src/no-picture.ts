/** Why there is no picture, in words for the reader of the text. */
export class NoPicture extends Error {
  override readonly name = 'NoPicture';
}
