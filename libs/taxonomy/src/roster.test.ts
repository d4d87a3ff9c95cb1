// What an office may send: each way in which a file or a row can be wrong is told with its place, and the other rows are read.
import { describe, expect, it } from '@jest/globals';
import { decoded } from './encoding.js';
import { idCheckCharacter } from './id-number.js';
import { readColleges, readOfferings } from './register.js';
import { readRoster, rosterColumns } from './roster.js';

const chinese = '学号,姓名,身份证号,手机,监护人,监护人手机,出生日期,专业代码,学制,入学年份,班级,行政区划';
const header = rosterColumns.join(',');

function idNumber(n: number, born = '20080229'): string {
  const digits = `990101${born}${String(n).padStart(3, '0')}`;
  return digits + idCheckCharacter(digits);
}
const good = { roll_no: 'S1', name: '样例·学生（虚构）', id_number: idNumber(1), phone: '13900000001', guardian_name: '样例家长（虚构）', guardian_phone: '+8613900000002', born_on: '2008-02-29', program_code: '990101', program_years: '3', entry_year: '2025', class: '样例一班', region: '990101' };

function rowOf(more: Partial<typeof good> = {}): string {
  return Object.values({ ...good, ...more }).join(',');
}
const problemsOf = (...rows: string[]) => readRoster([header, ...rows].join('\n')).problems;
const refusedAs = (work: () => unknown): unknown => {
  try {
    work();
    return 'read';
  } catch (error) {
    return (error as { problem?: string }).problem ?? error;
  }
};

describe('a roster', () => {
  it('is read under an English or a Chinese header, in any order of columns, past blank lines and with any line end', () => {
    for (const [text, line] of [[`${header}\n${rowOf()}\n`, 2], [`\ufeff${chinese}\r\n\r\n${rowOf()}`, 3], [`备注,${chinese}\n,${rowOf()}`, 2]] as const) {
      expect(readRoster(text)).toMatchObject({ rows: 1, problems: [], good: [{ line, cells: good }] });
    }
    expect(readRoster(`备注,${chinese}\n,${rowOf()}`).ignored).toEqual(['备注']);
  });

  it('keeps a quoted cell, and counts lines as an editor does', () => {
    const roster = readRoster([header, rowOf({ name: '"样例,学生"' }), rowOf({ roll_no: 'S2', id_number: idNumber(2), class: '"一\n班"' }), rowOf({ roll_no: 'S3', id_number: idNumber(3), phone: 'x' })].join('\n'));
    expect(roster.good.map(({ line, cells }) => [line, cells.name])).toEqual([[2, '样例,学生']]);
    expect(roster.problems).toEqual([{ line: 3, column: 'class', problem: 'unprintable' }, { line: 5, column: 'phone', problem: 'bad_value' }]);
  });

  it.each([
    ['F8', 'an ID number that a spreadsheet rounded', { id_number: '1.10101E+17' }, 'id_number', 'bad_value'],
    ['F8', 'a wrong check character', { id_number: `${idNumber(1).slice(0, 17)}${idNumber(1).endsWith('1') ? '2' : '1'}` }, 'id_number', 'bad_check_digit'],
    ['F11', 'an ID number of a day that does not exist', { id_number: idNumber(1, '20070229'), born_on: '' }, 'id_number', 'no_such_date'],
    ['F11', 'a day that does not exist', { id_number: '', born_on: '2024-02-30' }, 'born_on', 'no_such_date'],
    ['F11', "a spreadsheet's serial number", { id_number: '', born_on: '45321' }, 'born_on', 'no_such_date'],
    ['F11', 'a day of the lunar calendar', { id_number: '', born_on: '农历正月初一' }, 'born_on', 'no_such_date'],
    ['F11', 'another day than the ID number says', { born_on: '2008-03-01' }, 'born_on', 'birth_date_differs'],
    ['F9', 'a formula', { name: '=HYPERLINK(1)' }, 'name', 'formula'],
    ['F9', 'a formula with an at sign', { class: '@SUM(1)' }, 'class', 'formula'],
    ['F9', 'a tab', { name: '\t样例' }, 'name', 'unprintable'],
    ['F10', 'a NUL', { name: '样\u0000例' }, 'name', 'unprintable'],
    ['F10', 'a cell of 70 characters', { class: '班'.repeat(70) }, 'class', 'too_long'],
    ['F12', 'a mark that turns text round', { name: '样\u202e例' }, 'name', 'unprintable'],
    ['F12', 'a character of no width', { name: '样\u200b例' }, 'name', 'unprintable'],
    ['F12', 'half a character', { name: '样\ud800' }, 'name', 'unprintable'],
    ['', 'no name', { name: ' ' }, 'name', 'missing'],
    ['', 'neither ID number nor day of birth', { id_number: '', born_on: '' }, 'id_number', 'missing'],
    ['', 'a region that is none', { region: '0101' }, 'region', 'bad_value'],
    ['', 'a program code with a letter in it', { program_code: '99O101' }, 'program_code', 'bad_value'],
    ['', 'nine years', { program_years: '9' }, 'program_years', 'bad_value'],
  ])('%s: %s is told', (...[, , more, column, problem]) => {
    expect(problemsOf(rowOf(more), rowOf({ roll_no: 'S2', id_number: idNumber(2) }))).toEqual([{ line: 2, column, problem }]);
  });

  it('tells a short and a long row, the second of a roll number and of a person, and all problems of a row', () => {
    expect(problemsOf('S0,样例', `${rowOf()},`, rowOf(), rowOf({ id_number: idNumber(2) }), rowOf({ roll_no: 'S4' }), rowOf({ name: '=1', phone: '1' }))).toEqual([
      { line: 2, problem: 'wrong_width' },
      { line: 3, problem: 'wrong_width' },
      { line: 5, column: 'roll_no', problem: 'duplicate_roll_no' },
      { line: 6, column: 'id_number', problem: 'duplicate_id_number' },
      { line: 7, column: 'name', problem: 'formula' },
      { line: 7, column: 'phone', problem: 'bad_value' },
    ]);
  });

  it('never tells what a cell holds', () => {
    expect(JSON.stringify(problemsOf(rowOf({ phone: '机密号码' })))).not.toContain('机密');
  });

  it('takes names as people have them', () => {
    const names = ['阿依古丽·买买提', '𠮷野', 'ＡＢ', '王 小明'];
    expect(readRoster([header, ...names.map((name, n) => rowOf({ name, roll_no: `N${n}`, id_number: idNumber(n + 10) }))].join('\n')).good.map(({ cells }) => cells.name)).toEqual(names);
  });

});

describe('a file', () => {
  it.each([
    ['F7 a column twice', `${header},学号\n${rowOf()},S1`, 'repeated_column'],
    ['a column missing', `姓名\n样例`, 'missing_column'],
    ['nothing but a header', header, 'empty'],
    ['F10 a quote that is never closed', `${header}\n"S1,样例\n${rowOf()}`, 'unclosed_quote'],
    ['F10 a quote within a cell', `${header}\n${rowOf({ name: '样"例' })}`, 'stray_quote'],
    ['F10 a cell of 2 MB', `${header}\n"${'x'.repeat(2_000_000)}",`, 'unclosed_quote'],
  ])('%s refuses the file', (_name, text, problem) => {
    expect(refusedAs(() => readRoster(text))).toBe(problem);
  });
});

describe('bytes', () => {
  it.each([
    ['F4 a workbook', [0x50, 0x4b, 3, 4]],
    ['F4 an old workbook', [0xd0, 0xcf, 0x11, 0xe0]],
    ['F4 a picture', [0x89, 0x50, 0x4e, 0x47]],
    ['F4 a web page', [...Buffer.from('<html><table>')]],
    ['neither UTF-8 nor GB 18030', [0x61, 0xff, 0xff]],
  ])('%s is no CSV', (_name, bytes) => {
    expect(refusedAs(() => decoded(Uint8Array.from(bytes)))).toBe('not_text');
  });

  it.each([
    ['UTF-8', Buffer.from('学号'), { text: '学号', encoding: 'utf-8', isGuess: false }],
    ['F6 UTF-8 with a mark', Buffer.from('\ufeff学号'), { text: '学号', encoding: 'utf-8', isGuess: false }],
    ['F5 GBK', Buffer.from('d1a7bac5', 'hex'), { text: '学号', encoding: 'gb18030', isGuess: true }],
    ['F5 four bytes of GB 18030', Buffer.from('d1a79532 82 36'.replaceAll(' ', ''), 'hex'), { encoding: 'gb18030', isGuess: true }],
    ['F5 UTF-16', Buffer.from('fffe665b', 'hex'), { text: '学', encoding: 'utf-16le', isGuess: false }],
    ['F5 text in both: UTF-8 unless somebody says otherwise', Buffer.from('c4a3', 'hex'), { text: 'ģ', encoding: 'utf-8', isGuess: false }],
  ])('%s', (_name, bytes, expected) => {
    expect(decoded(bytes)).toMatchObject(expected);
  });

  it('are read as somebody says who has looked', () => {
    expect(decoded(Buffer.from('c4a3', 'hex'), 'gb18030')).toEqual({ text: '模', encoding: 'gb18030', isGuess: false });
  });
});

describe('a register', () => {
  it('tells rows without a code, twice the same, and what is no number of years', () => {
    const { good: rows, problems } = readOfferings('school_code,major_code,years\n1,530101,3\n,530101,3\n1,530101,3\n1,530101,x\n1,5301,3\n1,530101,2\n');
    expect(rows.map(({ line }) => line)).toEqual([2, 7]);
    expect(problems).toEqual([{ line: 3, column: 'school_code', problem: 'no_college_code' }, { line: 4, problem: 'repeated' }, { line: 5, column: 'years', problem: 'bad_value' }, { line: 6, column: 'major_code', problem: 'bad_value' }]);
  });

  it('places a college in its province, also where the register names another authority', () => {
    const { good: rows, problems } = readColleges('school_code,school_name,province,province_code_gbt2260\n1,样例学校（虚构）,样例,99\n2,样例学校（虚构）,新疆生产建设兵团,\n3,样例学校（虚构）,样例,\n');
    expect(rows.map(({ code, region }) => [code, region])).toEqual([['1', '990000'], ['2', '650000']]);
    expect(problems).toEqual([{ line: 4, column: 'province_code_gbt2260', problem: 'bad_value' }]);
  });
});
