import areas from "./areas.json";

/** How long the area code of a fixed line in Japan is, the 0 included, by what the number begins with after the 0. */
const areaLength = new Map(Object.entries(areas).flatMap(([length, begins]) => begins.split(" ").map((digits) => [digits, Number(length)] as const)));

function areaOf(national: string): number {
  for (let end = 2; end <= 6; end++) {
    const length = areaLength.get(national.slice(1, end));
    if (length) return length;
  }
  return 4;
}

const grouped = (digits: string, ...sizes: number[]): string => {
  let at = 0;
  return sizes.map((size) => digits.slice(at, (at += size))).join("-");
};

/** A Japanese number as people write it, 090-1234-5678 of +819012345678, masked digits (•) too; others as they are. */
export function writePhone(number: string): string {
  const [, rest] = /^\+81([\d•]{9,10})$/.exec(number) ?? [];
  if (!rest) return number;
  const national = `0${rest}`;
  if (national.length === 11) return national.startsWith("0800") ? grouped(national, 4, 3, 4) : grouped(national, 3, 4, 4);
  if (/^0(120|570|990)/.test(national)) return grouped(national, 4, 3, 3);
  const area = areaOf(national);
  return grouped(national, area, 6 - area, 4);
}
