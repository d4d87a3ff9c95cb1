import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOf, type FileRefused } from './csv.js';
import { readIndustries } from './industries.js';
import { readMajors } from './majors.js';
import { readOccupations } from './occupations.js';
import { readRegions, regionsOf } from './region-list.js';

const occupations = `level,code,code_num,name
1,9-00-00-00,9000000,样例人员
2,9-01-00-00,9010000,样例装配人员
3,9-01-01-00,9010100,样例电子装配人员
4,9-01-01-01,9010101,样例电子装配工L/S
4,9-01-01-02,9010102,样例设备调试工S
`;

describe('occupations', () => {
  it('have their parents from their codes, and only the lowest level can be named', () => {
    const { rows, entries, findings } = readOccupations(occupations);
    expect([rows, findings]).toEqual([5, []]);
    expect(entries.map(({ code, parent, level, leaf }) => [code, parent, level, leaf])).toEqual([
      ['9-00-00-00', null, 1, false],
      ['9-01-00-00', '9-00-00-00', 2, false],
      ['9-01-01-00', '9-01-00-00', 3, false],
      ['9-01-01-01', '9-01-01-00', 4, true],
      ['9-01-01-02', '9-01-01-00', 4, true],
    ]);
  });

  it('lose the marks of green and digital occupations, and the spaces of a typesetter', () => {
    const names = readOccupations(`${occupations}4,9-01-01-03,9010103,"样例气体生产、 处理工 L"\n`).entries.map(({ name }) => name);
    expect(names.slice(3)).toEqual(['样例电子装配工', '样例设备调试工', '样例气体生产、处理工']);
  });

  it('count once where repeated, each further line reported with the first', () => {
    const { entries, findings } = readOccupations(`${occupations}4,9-01-01-01,9010101,样例装配工\n4,9-01-01-00,9010100,样例电子装配人员\n`);
    expect(entries).toHaveLength(5);
    expect(findings).toEqual([
      { line: 7, code: '9-01-01-01', problem: 'repeated', detail: 'already on line 5 as 样例电子装配工, here 样例装配工: the first name was kept' },
      { line: 8, code: '9-01-01-00', problem: 'repeated', detail: 'already on line 4; level 4 here, 3 there: kept, as one of the lowest level' },
    ]);
    expect(entries.find(({ code }) => code === '9-01-01-00')).toMatchObject({ leaf: true });
  });

  it('stand under the nearest wider level that exists, and say so', () => {
    const { entries, findings } = readOccupations('level,code,name\n2,9-01-00-00,a\n4,9-01-01-00,b\n4,9-01-01-01,c\n4,9-01-02-01,d\n4,8-01-01-00,e\n');
    expect(entries.slice(1).map(({ parent }) => parent)).toEqual(['9-01-00-00', '9-01-00-00', '9-01-00-00', null]);
    expect(findings.map(({ line, problem, detail }) => [line, problem, detail])).toEqual([
      [2, 'orphan', 'its parent 9-00-00-00 is not there; imported without a parent'],
      [4, 'misplaced', 'its parent 9-01-01-00 is not of a wider level; imported under 9-01-00-00'],
      [5, 'orphan', 'its parent 9-01-02-00 is not there; imported under 9-01-00-00'],
      [6, 'orphan', 'its parent 8-01-00-00 is not there; imported without a parent'],
    ]);
  });
});

describe('majors', () => {
  const header = 'code,name,level,category_code,category_name,class_code,class_name\n';
  const row = (code: string, name: string, className = '样例电子类') => `${code},${name},secondary,99,样例大类,9901,${className}\n`;

  it('bring their classes and categories with them, and keep their letters', () => {
    const { rows, entries, findings } = readMajors(`${header}${row('990101', '样例一')}${row('990102K', '样例二')}`);
    expect([rows, findings]).toEqual([2, []]);
    expect(entries.map(({ code, parent, level, leaf }) => [code, parent, level, leaf])).toEqual([
      ['99', null, 1, false],
      ['9901', '99', 2, false],
      ['990101', '9901', 3, true],
      ['990102K', '9901', 3, true],
    ]);
  });

  it('report a class of two names', () => {
    const { findings } = readMajors(`${header}${row('990101', '样例一')}${row('990102', '样例二', '样例机械类')}`);
    expect(findings).toMatchObject([{ line: 3, code: '9901', problem: 'repeated' }]);
  });
});

describe('industries', () => {
  const header = 'code,name,parent,level\n';

  it('report what is repeated, orphaned or under a parent that cannot be theirs', () => {
    const { rows, entries, findings } = readIndustries(
      `${header}Z,样例门类,,门类\n98,样例业,Z,大类\n981,样例中类,98,中类\n9811,样例小类,981,小类\n9811,样例别名,981,小类\n991,样例孤儿,99,中类\n9911,样例错位,981,小类\n9821,样例自身,9821,小类\n`,
    );
    expect(rows).toBe(8);
    expect(findings.map(({ line, code, problem }) => [line, code, problem])).toEqual([
      [6, '9811', 'repeated'],
      [7, '991', 'orphan'],
      [8, '9911', 'misplaced'],
      [9, '9821', 'misplaced'],
    ]);
    expect(entries.map(({ code, parent, leaf }) => [code, parent, leaf])).toEqual([
      ['Z', null, false], ['98', 'Z', false], ['981', '98', false], ['991', null, false], ['9811', '981', true], ['9911', '981', true], ['9821', null, true],
    ]);
  });
});

describe('regions', () => {
  it('from a file: short codes are filled with zeros', () => {
    const { entries, findings } = readRegions('code,name,parent\n99,样例省,\n9901,样例市,99\n990101,样例区,9901\n990201,样例县,9902\n');
    expect(entries.map(({ code, parent, level, leaf }) => [code, parent, level, leaf])).toEqual([
      ['990000', null, 1, false], ['990100', '990000', 2, false], ['990101', '990100', 3, true], ['990201', null, 3, true],
    ]);
    expect(findings).toMatchObject([{ line: 5, code: '990201', problem: 'orphan' }]);
  });

  it('from lists: pseudo-cities are left out, and a city without districts is one of the lowest level', () => {
    const { rows, entries, findings } = regionsOf({
      provinces: [{ code: '98', name: '样例直辖市' }, { code: '99', name: '样例省' }],
      cities: [{ code: '9801', name: '市辖区', provinceCode: '98' }, { code: '9901', name: '样例市', provinceCode: '99' }, { code: '9990', name: '省直辖县级行政区划', provinceCode: '99' }],
      areas: [{ code: '980101', name: '样例区', cityCode: '9801' }, { code: '990100', name: '样例市', cityCode: '9901' }, { code: '999001', name: '样例县', cityCode: '9990' }],
    });
    expect(rows).toBe(8);
    expect(entries.map(({ code, parent, level, leaf }) => [code, parent, level, leaf])).toEqual([
      ['980000', null, 1, false], ['990000', null, 1, false], ['990100', '990000', 2, true], ['980101', '980000', 3, true], ['999001', '990000', 3, true],
    ]);
    expect(findings).toEqual([{ line: 2, code: '990100', problem: 'repeated', detail: 'already on line 2; level 3 here, 2 there: kept, as one of the lowest level' }]);
  });
});

describe('any file', () => {
  it('may have a mark at its start, CR LF, quoted cells, blank lines and columns of its own', () => {
    const csv = '\ufeffname,code,notes,level\r\n"样例，人员",9-00-00-00,"two\r\nlines",1\r\n\r\n样例人员,9-00-00-00,,1\r\n';
    expect(readOccupations(csv)).toMatchObject({ entries: [{ name: '样例，人员' }], findings: [{ line: 5, detail: expect.stringContaining('already on line 2') }] });
  });

  const file = (line: string) => `level,code,name\n1,9-00-00-00,样例\n${line}\n`;
  it.each([
    ['no file', '', 'empty', {}],
    ['a header alone', 'level,code,name\n', 'empty', {}],
    ['a column too few', 'level,code,title\n1,9-00-00-00,样例\n', 'missing_column', { line: 1, column: 'name' }],
    ['a column twice', 'level,code,name,name\n1,9-00-00-00,样例,样例\n', 'repeated_column', { line: 1, column: 'name' }],
    ['a short row', file('1,9-00-00-00'), 'wrong_width', { line: 3 }],
    ['a quote left open', file('1,9-00-00-00,"样例'), 'unclosed_quote', { line: 3 }],
    ['a quote in a cell', file('1,9-00-00-00,样"例'), 'stray_quote', { line: 3 }],
    ['a NUL', file('1,9-00-00-00,样\u0000例'), 'unprintable', { line: 3, column: 'name' }],
    ['a mark that turns text round', file('1,9-00-00-00,样\u202e例'), 'unprintable', { line: 3, column: 'name' }],
    ['a name of 201 characters', file(`1,9-00-00-00,${'样'.repeat(201)}`), 'too_long', { line: 3, column: 'name' }],
    ['a cell of 2 MB', file(`1,9-00-00-00,${'x'.repeat(2_000_000)}`), 'too_long', { line: 3 }],
    ['an empty name', file('1,9-00-00-00,'), 'bad_value', { line: 3, column: 'name' }],
    ['a code that a spreadsheet took for a date', file('1,2009-01-01,样例'), 'bad_value', { line: 3, column: 'code' }],
    ['a level of no such depth', file('5,9-00-00-00,样例'), 'bad_value', { line: 3, column: 'level' }],
    ['50,001 rows', `level,code,name\n${'1,9-00-00-00,样例\n'.repeat(50_001)}`, 'too_many_rows', {}],
    ['65 columns', `${Array.from({ length: 65 }, (_, n) => `c${n}`).join()}\n`, 'too_many_columns', { line: 1 }],
  ])('is refused as a whole for %s, with its place', (_, csv, problem, place) => {
    expect(refusalOf(() => readOccupations(csv))).toMatchObject({ problem, place });
  });

  it.each([
    ['a workbook', Buffer.from('PK\u0003\u0004'), 'not_text'],
    ['GB 18030', Buffer.from([0xd1, 0xf9, 0xc0, 0xfd]), 'not_utf8'],
    ['UTF-16', Buffer.from('\ufefflevel', 'utf16le'), 'not_utf8'],
    ['17 MiB', Buffer.alloc(17 * 1024 * 1024), 'too_big'],
  ])('is not read when its bytes are %s', (_, bytes, problem) => {
    expect(refusalOf(() => textOf(bytes))).toMatchObject({ problem });
  });
});

// Real lists are no part of the repository; a folder with them may stand beside it, or TANDEM_TEST_DATA names one.
const data = process.env['TANDEM_TEST_DATA'] ?? join(import.meta.dirname, '../../../../shared/data');
const real = (file: string) => textOf(readFileSync(join(data, file)));
const present = existsSync(join(data, 'occupations/csco_2022.csv'));

(present ? describe : describe.skip)(`the real lists${present ? '' : ' (skipped: no such files here)'}`, () => {
  const lines = (findings: readonly { line: number; problem: string }[], problem: string) => findings.filter((finding) => finding.problem === problem).map(({ line }) => line);

  it('of occupations: 2,051 rows, 2,047 codes, 4 repeated, 1,634 rows of the lowest level', () => {
    const csv = real('occupations/csco_2022.csv');
    const { rows, entries, findings } = readOccupations(csv);
    expect([rows, entries.length, csv.match(/^4,/gm)?.length]).toEqual([2051, 2047, 1634]);
    expect(lines(findings, 'repeated')).toEqual([315, 1053, 1152, 1761]);
    // Two of the repeated rows are of the lowest level both times.
    expect(entries.filter(({ leaf }) => leaf)).toHaveLength(1632);
    expect(entries.filter(({ name }) => /[LS]$/.test(name))).toEqual([]);
    expect([lines(findings, 'orphan').length, lines(findings, 'misplaced').length]).toEqual([10, 3]);
  });

  it('of majors: 1,302', () => {
    const { rows, entries, findings } = readMajors(real('programs/vocational_majors_2021.csv'));
    expect([rows, entries.length, entries.filter(({ leaf }) => leaf).length, findings]).toEqual([1302, 1302 + 270 + 57, 1302, []]);
  });

  it('of industries: 1,956 rows, 0711 twice, 4 orphans of 84', () => {
    const { rows, entries, findings } = readIndustries(real('industries/gbt4754_2017_codes.csv'));
    expect([rows, entries.length]).toEqual([1956, 1955]);
    expect(findings.filter(({ problem }) => problem === 'repeated')).toMatchObject([{ line: 112, code: '0711' }]);
    expect(lines(findings, 'orphan')).toEqual([1783, 1790, 1796, 1803]);
    expect(lines(findings, 'misplaced')).toHaveLength(14);
  });
});

function refusalOf(work: () => unknown): FileRefused {
  try {
    work();
  } catch (error) {
    return error as FileRefused;
  }
  throw new Error('nothing was refused');
}
