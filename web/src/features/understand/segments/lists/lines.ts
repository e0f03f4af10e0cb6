/** The values of a pasted text: a column of a sheet, or one below the other; each once. */
export const linesOf = (text: string): string[] => [...new Set(text.split(/[\r\n,\t\u3001]+/).map((line) => line.trim()).filter(Boolean))];
