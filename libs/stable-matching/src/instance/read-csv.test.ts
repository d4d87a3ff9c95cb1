import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refused } from './instance.js';
import { assignmentsCsv, readAssignmentsCsv, readCsvInstance } from './read-csv.js';

const folder = {
  applicants: 'applicant,rank,position\na,1,p\na,2,q\nb,2,p\nb,1,q\nc,,\n',
  positions: 'position,capacity,host\np,1,h\nq,2,\n',
  priorities: 'position,rank,applicant\nq,1,a\nq,1,b\n',
  hosts: 'host,capacity,parent\nh,1,k\nk,3,\n',
  host_priorities: 'host,rank,applicant\nh,2,a\nh,1,b\n',
  groups: 'applicant,group\na,farmer\n',
  reserves: 'position,group,seats\nq,farmer,1\n',
};
const instance = {
  applicants: [{ id: 'a', preferences: ['p', 'q'], groups: ['farmer'] }, { id: 'b', preferences: ['q', 'p'] }, { id: 'c', preferences: [] }],
  positions: [{ id: 'p', capacity: 1, host: 'h' }, { id: 'q', capacity: 2, priorities: [['a', 'b']], reserves: [{ group: 'farmer', seats: 1 }] }],
  hosts: [{ id: 'h', capacity: 1, parent: 'k', priorities: ['b', 'a'] }, { id: 'k', capacity: 3 }],
  seed: 's',
};

describe('a folder of CSV files', () => {
  it('is the instance that the JSON would be', () => {
    expect(readCsvInstance(folder, { seed: 's' })).toEqual({ instance, problems: [] });
  });

  it('may hold quotes, carriage returns, a mark at the start and columns that nobody asked for', () => {
    const applicants = '\ufeffapplicant,name,rank,position\r\n"a","x, ""y""",1,p\r\na,x,2,q\r\n\r\nb,,2,p\r\nb,,1,q\r\nc,,,\r\n';
    expect(readCsvInstance({ ...folder, applicants }, { seed: 's' })).toEqual({ instance, problems: [] });
    expect(readCsvInstance({ ...folder, applicants: applicants.replaceAll('"', '').replace('x, y', 'x') }, { seed: 's' })).toEqual({ instance, problems: [] });
  });

  it('takes scores and shares', () => {
    const { instance: read } = readCsvInstance({ applicants: folder.applicants, positions: 'position,capacity\np,1\nq,2\n', scores: 'position,applicant,score\np,a,1.5\np,b,-2\nq,a,0\nq,b,1\n', shares: 'position,group,percent\nq,farmer,20\n' });
    expect(read.positions).toEqual([{ id: 'p', capacity: 1, scores: { a: 1.5, b: -2 } }, { id: 'q', capacity: 2, scores: { a: 0, b: 1 }, shares: [{ group: 'farmer', percent: 20 }] }]);
  });

  it.each<[string, object, object]>([
    ['a rank that is none', { applicants: `${folder.applicants}d,x,p\n` }, { code: 'bad_number', field: 'rank', file: 'applicants.csv', line: 7, value: 'x' }],
    ['two wishes of one rank', { applicants: `${folder.applicants}a,2,z\n` }, { code: 'repeated_rank', file: 'applicants.csv', applicant: 'a', value: '2' }],
    ['a row that is too long', { priorities: `${folder.priorities}q,3,a,b\n` }, { code: 'malformed', file: 'priorities.csv', line: 4 }],
    ['a row that is too short', { priorities: `${folder.priorities}q,3\n` }, { code: 'malformed', file: 'priorities.csv', line: 4 }],
    ['an order of a position that is not there', { priorities: `${folder.priorities}z,1,a\n` }, { code: 'unknown_position', file: 'priorities.csv', value: 'z' }],
    ['a group of an applicant who is not there', { groups: `${folder.groups}z,farmer\n` }, { code: 'unknown_applicant', file: 'groups.csv', value: 'z' }],
    ['a capacity that is none', { positions: `${folder.positions}r,many,\n` }, { code: 'bad_number', field: 'capacity', position: 'r', value: 'many' }],
  ])('%s is reported, or refused', (_claim, change, problem) => {
    expect(readCsvInstance({ ...folder, ...change }, { seed: 's' }).problems).toEqual([problem]);
    expect(() => readCsvInstance({ ...folder, ...change }, { seed: 's', strict: true })).toThrow('instance.dirty');
  });

  it.each<[string, object]>([
    ['without applicants', { applicants: undefined }],
    ['without a column', { applicants: 'applicant,position\na,p\n' }],
    ['with a quote that does not end', { applicants: 'applicant,rank,position\n"a,1,p\n' }],
    ['that is not UTF-8', { positions: Buffer.from('position,capacity,host\np\xff,1,\n', 'latin1') }],
    ['whose large files are not UTF-8', { applicants: Buffer.from('applicant,rank,position\na\xff,1,p\n', 'latin1') }],
    ['with an empty file', { priorities: '' }],
  ])('%s is refused', (_claim, change) => {
    expect(() => readCsvInstance({ ...folder, ...change } as typeof folder)).toThrow(Refused);
  });

  it('gives assignments back as they were', () => {
    const assignments = { 'a,"b"': 'p', c: null };
    expect(readAssignmentsCsv(assignmentsCsv(assignments))).toEqual(Object.entries(assignments));
  });
});

describe('a large file', () => {
  it('reads the same from bytes as cell by cell, whatever stands there', () => {
    const id = fc.constantFrom('a', 'b', 'c', '', '甲', 'a b', '__proto__', '\ufffd');
    const usual = fc.constantFrom('1', '2', '3', '4', '5', '10', '11');
    const rank = fc.oneof({ weight: 30, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom('', '-1', '1.5', ' 2', 'x', '1234567890') });
    const row = fc.oneof({ weight: 30, arbitrary: fc.tuple(id, rank, id) }, { weight: 1, arbitrary: fc.array(id, { maxLength: 5 }) });
    const rows = fc.array(row, { maxLength: 12 });
    const end = fc.constantFrom('\n', '\r\n');
    fc.assert(fc.property(rows, rows, end, fc.boolean(), (wishes, places, newline, hasMark) => {
      const file = (header: string, cells: string[][], of: (cell: string) => string): string => [(hasMark ? '\ufeff' : '') + header, ...cells.map((each) => each.map(of).join(',')), ''].join(newline);
      const read = (of: (cell: string) => string): unknown => {
        const files = { applicants: file('applicant,rank,position', wishes, of), priorities: file('position,rank,applicant', places, of) };
        return readCsvInstance({ positions: 'position,capacity\na,1\nb,2\n', applicants: Buffer.from(files.applicants), priorities: files.priorities }, { seed: 's' });
      };
      // A quote anywhere and the whole file is read cell by cell.
      expect(read((cell) => cell)).toEqual(read((cell) => (cell === '' ? '' : `"${cell}"`)));
    }), { numRuns: 500 });
  });
});
