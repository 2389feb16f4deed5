/** One replacement in a text; several are made one after the other, each in the text that the one before left. */
export interface TextEdit {
  /** Offset of the first character that goes, in UTF-16 units as strings count. */
  readonly at: number;
  readonly length: number;
  readonly text: string;
}
