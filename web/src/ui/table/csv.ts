/** A cell as text; `undefined` is an empty cell. */
export type Cell = string | number | undefined;

/** A sheet that starts with one of these is run as a formula. */
const formula = /^[=+\-@\t\r]/;
const number = /^[+-]?\d[\d,]*(\.\d+)?$/;

function safe(cell: Cell): string {
  const text = cell === undefined ? "" : String(cell);
  return typeof cell === "string" && formula.test(text) && !number.test(text) ? `'${text}` : text;
}

/** RFC 4180, with the mark by which Excel knows UTF-8. */
export function toCSV(rows: Cell[][]): string {
  const line = (row: Cell[]) =>
    row.map((cell) => (/[",\r\n]/.test(safe(cell)) ? `"${safe(cell).replaceAll('"', '""')}"` : safe(cell))).join(",");
  return "\ufeff" + rows.map(line).join("\r\n") + "\r\n";
}

/** For pasting into a sheet. */
export function toTSV(rows: Cell[][]): string {
  return rows.map((row) => row.map((cell) => safe(cell).replace(/[\t\r\n]+/g, " ")).join("\t")).join("\n");
}
