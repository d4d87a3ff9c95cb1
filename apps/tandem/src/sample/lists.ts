// Small code lists, invented and marked so: region codes 99xxxx are not allocated in GB/T 2260.
export interface SampleEntry {
  readonly code: string;
  readonly name: string;
  readonly parent?: string;
  readonly level: number;
  readonly leaf: boolean;
}

type Line = readonly [code: string, name: string, level: number, leaf: boolean, parent?: string];
const entry = (...[code, name, level, leaf, parent]: Line): SampleEntry => ({ code, name, level, leaf, ...(parent && { parent }) });

export const sampleLists: Readonly<Record<'regions' | 'occupations' | 'majors' | 'industries', readonly SampleEntry[]>> = {
  regions: [
    entry('990000', '样例省（虚构）', 1, false),
    entry('990100', '样例市（虚构）', 2, false, '990000'),
    entry('990101', '样例一区（虚构）', 3, true, '990100'),
    entry('990102', '样例二区（虚构）', 3, true, '990100'),
    entry('990103', '样例三区（虚构）', 3, true, '990100'),
  ],
  occupations: [
    entry('9-01', '样例装配类（虚构）', 1, false),
    entry('9-01-01', '样例电子装配（虚构）', 2, false, '9-01'),
    entry('9-01-01-01', '样例电子装配工（虚构）', 3, true, '9-01-01'),
    entry('9-01-01-02', '样例设备调试工（虚构）', 3, true, '9-01-01'),
    entry('9-02', '样例服务类（虚构）', 1, false),
    entry('9-02-01-01', '样例客户服务员（虚构）', 3, true, '9-02'),
  ],
  majors: [
    entry('99', '样例大类（虚构）', 1, false),
    entry('9901', '样例电子类（虚构）', 2, false, '99'),
    entry('990101', '样例电子技术应用（虚构）', 3, true, '9901'),
    entry('990102K', '样例安全防护（虚构）', 3, true, '9901'),
    entry('9902', '样例服务类（虚构）', 2, false, '99'),
    entry('990201', '样例客户服务（虚构）', 3, true, '9902'),
  ],
  industries: [
    entry('Z', '样例门类（虚构）', 1, false),
    entry('99', '样例制造业（虚构）', 2, false, 'Z'),
    entry('9911', '样例电子制造（虚构）', 3, true, '99'),
    entry('9912', '样例设备制造（虚构）', 3, true, '99'),
  ],
};
