// The examples of the README as a program: each line that ends in a comment is a claim about its value.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Program {
  readonly imports: readonly string[];
  readonly body: string;
  readonly claims: number;
}

/** The body calls `claim(value, expected)` and `refused(work, code)`. */
export function programOfReadme(): Program {
  const text = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const lines = [...text.matchAll(/```js\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.split('\n'));
  const imports = lines.flatMap((line) => /^import \{ (.*) \} from '@tandem\/stable-matching';$/.exec(line)?.[1]?.split(', ') ?? []);
  let claims = 0;
  const body = lines.filter((line) => !line.startsWith('import ')).map((line) => {
    const [, expression, expected] = /^(\S.*);\s+\/\/ (.*)$/.exec(line) ?? [];
    if (!expression || !expected) return line;
    claims += 1;
    return expected.startsWith('throws ') ? `refused(() => ${expression}, '${expected.slice('throws '.length)}');` : `claim(${expression}, ${expected});`;
  });
  return { imports, body: body.join('\n'), claims };
}
