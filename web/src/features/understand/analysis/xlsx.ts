import type { Cell } from "@/ui/table/csv";

/** A sheet of a workbook; the first row is its head. */
export interface Sheet {
  name: string;
  rows: Cell[][];
}

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const package_ = "http://schemas.openxmlformats.org/package/2006";
const kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** Writes an Excel workbook (Office Open XML): texts as texts, so that none is run as a formula, and numbers as numbers. */
export function toXLSX(sheets: readonly Sheet[]): Blob {
  const each = (of: (number: number, sheet: Sheet) => string) => sheets.map((sheet, i) => of(i + 1, sheet)).join("");
  const files: [string, string][] = [
    [
      "[Content_Types].xml",
      `<Types xmlns="${package_}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${kind}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${kind}.styles+xml"/>${each((n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${kind}.worksheet+xml"/>`)}</Types>`,
    ],
    ["_rels/.rels", `<Relationships xmlns="${package_}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ["xl/workbook.xml", `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${each((n, { name }) => `<sheet name="${escaped(sheetName(name))}" sheetId="${n}" r:id="r${n}"/>`)}</sheets></workbook>`],
    [
      "xl/_rels/workbook.xml.rels",
      `<Relationships xmlns="${package_}/relationships">${each((n) => `<Relationship Id="r${n}" Type="${office}/worksheet" Target="worksheets/sheet${n}.xml"/>`)}<Relationship Id="styles" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    ],
    ["xl/styles.xml", styles],
    ...sheets.map((sheet, i): [string, string] => [`xl/worksheets/sheet${i + 1}.xml`, worksheet(sheet.rows)]),
  ];
  return zip(files.map(([name, text]) => [name, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${text}`]));
}

/** Two looks of a cell: the plain one, and that of the head. */
const styles = `<styleSheet xmlns="${main}"><fonts count="2"><font><sz val="11"/><name val="Yu Gothic"/></font><font><b/><sz val="11"/><name val="Yu Gothic"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>`;

/** Names of sheets have at most 31 characters and none of these. */
const sheetName = (name: string): string => name.replace(/[[\]:*?/\\]/g, " ").slice(0, 31);

// Characters that XML cannot hold, not even escaped.
// eslint-disable-next-line no-control-regex
const impossible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const escaped = (text: string): string => text.replace(impossible, "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function worksheet(rows: Cell[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.min(60, Math.max(8, ...rows.map((row) => 2 + String(row[column] ?? "").length * 1.6))));
  const columns = widths.map((width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`).join("");
  const lines = rows.map((row, r) => `<row r="${r + 1}">${row.map((cell, c) => cellOf(cell, `${columnName(c)}${r + 1}`, r === 0)).join("")}</row>`).join("");
  const frozen = `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`;
  return `<worksheet xmlns="${main}">${frozen}<cols>${columns}</cols><sheetData>${lines}</sheetData></worksheet>`;
}

function cellOf(cell: Cell, place: string, head: boolean): string {
  const style = head ? ' s="1"' : "";
  if (cell === undefined || cell === "") return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? `<c r="${place}"${style}><v>${cell}</v></c>` : "";
  return `<c r="${place}"${style} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
}

/** A, B, … Z, AA, … */
const columnName = (index: number): string => (index < 26 ? "" : columnName(Math.floor(index / 26) - 1)) + String.fromCharCode(65 + (index % 26));

/** Packs files as they are, without making them smaller (PKWARE APPNOTE 4.3). */
function zip(files: [string, string][]): Blob {
  const encoder = new TextEncoder();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const [path, text] of files) {
    const name = encoder.encode(path);
    const content = encoder.encode(text);
    // Version, flags (names are UTF-8), method, time, date (1 January 1980), checksum, both sizes, lengths of name and extra.
    const about = [20, 0x0800, 0, 0, 0x21].flatMap(two).concat(four(checksum(content)), four(content.length), four(content.length), two(name.length), two(0));
    const local = bytes([...four(0x04034b50), ...about]);
    directory.push(bytes([...four(0x02014b50), ...two(20), ...about, ...two(0), ...two(0), ...two(0), ...four(0), ...four(at)]), name);
    parts.push(local, name, content);
    at += local.length + name.length + content.length;
  }
  const size = directory.reduce((all, part) => all + part.length, 0);
  const end = bytes([...four(0x06054b50), ...two(0), ...two(0), ...two(files.length), ...two(files.length), ...four(size), ...four(at), ...two(0)]);
  return new Blob([...parts, ...directory, end], { type: `${kind}.sheet` });
}

const bytes = (values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);
const two = (v: number): number[] => [v & 255, (v >>> 8) & 255];
const four = (v: number): number[] => [...two(v & 0xffff), ...two(v >>> 16)];

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 (ISO 3309). */
function checksum(content: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of content) c = (table[(c ^ byte) & 255] ?? 0) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
