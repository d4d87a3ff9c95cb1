import { runInThisContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import * as library from './index.js';
import { programOfReadme } from './readme.test-support.js';

it('the README says what is so', () => {
  const { imports, body, claims } = programOfReadme();
  const claim = (value: unknown, expected: unknown): void => expect(value).toEqual(expected);
  const refused = (work: () => unknown, code: string): void => expect(work).toThrow(code);
  const run = runInThisContext(`(library, claim, refused) => { const { ${imports.join(', ')} } = library;\n${body} }`) as (...given: unknown[]) => void;
  run(library, claim, refused);
  expect(claims).toBeGreaterThan(10);
});
