/** The kind of identifier that a text looks like. */
export function guessKind(text: string): string {
  const plain = text.normalize("NFKC").trim();
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(plain)) return "email";
  if (/^U[0-9a-f]{32}$/.test(plain)) return "line_id";
  if (/^(\+\d{9,14}|0\d{9,10})$/.test(plain.replace(/[\s()-]/g, ""))) return "phone";
  return "user_id";
}

/** The kind that most cells of a file look like, but for those that look like nothing special. */
export function guessFileKind(text: string): string {
  const counts = new Map<string, number>();
  const lines = text.split(/\r?\n/).slice(0, 200).filter(Boolean);
  for (const line of lines) {
    const kinds = new Set(line.split(/[,\t;]/).map((cell) => guessKind(cell.replace(/^"|"$/g, ""))));
    for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const enough = lines.length / 2;
  return ["email", "line_id", "phone"].find((kind) => (counts.get(kind) ?? 0) >= Math.max(1, enough)) ?? "user_id";
}

const named = /^[a-z_]+:./;

/** How the API is told whom a line means: a kind before it, or a customer's own id. */
export function reference(line: string, kind: string | undefined): string {
  const text = line.trim();
  if (/^c_[0-9a-z]{10,}$/.test(text) || named.test(text)) return text;
  return `${kind ?? guessKind(text)}:${text}`;
}

/** The lines of a pasted text: a column of a sheet, or one below the other. */
export const linesOf = (text: string): string[] => [...new Set(text.split(/[\r\n,\t\u3001]+/).map((line) => line.trim()).filter(Boolean))];
