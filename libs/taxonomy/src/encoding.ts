// What a file's bytes are, before anything of them is believed: text in which encoding, or something else by its first bytes.
import { FileRefused } from './csv.js';

export const encodings = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be'] as const;
export type Encoding = (typeof encodings)[number];

export interface Decoded {
  readonly text: string;
  readonly encoding: Encoding;
  /** No mark and no rule says so: a person should look at a row before it counts. */
  readonly isGuess: boolean;
}

const MAX_BYTES = 16 * 1024 * 1024;
const WORD = 4;
/** First bytes of what people send instead of CSV. */
const signatures: readonly (readonly [readonly number[], string])[] = [
  [[0x50, 0x4b], 'a workbook or an archive'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old workbook'],
  [[0x89, 0x50, 0x4e, 0x47], 'a picture'],
  [[0xff, 0xd8, 0xff], 'a picture'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
];
const marks: readonly (readonly [readonly number[], Encoding])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** UTF-8 where it is valid, else GB 18030 as a guess (C4 A3 is text in both); `said` decides where a person has looked. Never lossy. */
export function decoded(bytes: Uint8Array, said?: Encoding): Decoded {
  if (bytes.length > MAX_BYTES) throw new FileRefused('too_big', `the file has more than ${MAX_BYTES / 1024 / 1024} MiB`);
  const signature = signatures.find(([start]) => begins(bytes, start));
  if (signature) throw new FileRefused('not_text', `the file is ${signature[1]}; save it as CSV`);
  const marked = marks.find(([start]) => begins(bytes, start))?.[1];
  const encoding = said ?? marked ?? 'utf-8';
  const text = strictly(bytes, encoding);
  if (text !== null) return { text: notPage(text), encoding, isGuess: false };
  const guess = said === undefined && marked === undefined ? strictly(bytes, 'gb18030') : null;
  if (guess === null) throw new FileRefused('not_text', `the file is not ${encoding}; save it as CSV in UTF-8`);
  return { text: notPage(guess), encoding: 'gb18030', isGuess: true };
}

function begins(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, n) => bytes[n] === byte);
}

function strictly(bytes: Uint8Array, encoding: Encoding): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A web page that a spreadsheet would open without a word. */
function notPage(text: string): string {
  if (/^\s*<(!doctype|html|table|\?xml)/i.test(text.slice(0, WORD * 64))) throw new FileRefused('not_text', 'the file is a web page or XML; save it as CSV');
  return text;
}
