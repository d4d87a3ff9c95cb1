/** GB/T 2260: two digits each for province, prefecture and county; zeros fill what a wider region leaves open. */
const regionCode = /^[1-9]\d{5}$/;

export function isRegionCode(code: string): boolean {
  return regionCode.test(code);
}

/** The region itself, then the wider ones that hold it: `['990101', '990100', '990000']`. Empty for what is no region code. */
export function regionAndWider(code: string): string[] {
  if (!isRegionCode(code)) return [];
  return [...new Set([code, `${code.slice(0, 4)}00`, `${code.slice(0, 2)}0000`])];
}
