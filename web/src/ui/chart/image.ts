/** What the picture takes over from the page: colours, lines and letters. */
const kept = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "paint-order", "font-family", "font-size", "font-weight",
  "font-variant-numeric", "text-anchor", "visibility",
];

const margin = 20;
const line = 22;

/** Draws a picture of the page as PNG, at twice its size, with a headline above it and a note below. */
export async function toPNG(svg: SVGSVGElement, headline: string, note: string): Promise<Blob> {
  const page = getComputedStyle(document.documentElement);
  const colour = (name: string) => page.getPropertyValue(name).trim();
  const { fontFamily } = getComputedStyle(svg);
  const width = svg.width.baseVal.value + 2 * margin;
  const heads = wrapped(headline, width - 2 * margin, `650 15px ${fontFamily}`);
  const notes = wrapped(note, width - 2 * margin, `11px ${fontFamily}`);
  const top = margin + line * heads.length + 8;
  const height = top + svg.height.baseVal.value + 8 + 17 * notes.length + margin;

  const canvas = document.createElement("canvas");
  canvas.width = width * 2;
  canvas.height = height * 2;
  const context = canvas.getContext("2d");
  if (!context) throw new Error("the browser cannot draw");
  context.scale(2, 2);
  context.fillStyle = colour("--surface");
  context.fillRect(0, 0, width, height);
  context.textBaseline = "middle";
  context.font = `650 15px ${fontFamily}`;
  context.fillStyle = colour("--ink");
  heads.forEach((text, i) => context.fillText(text, margin, margin + line * (i + 0.5)));
  context.drawImage(await load(standalone(svg)), margin, top);
  context.font = `11px ${fontFamily}`;
  context.fillStyle = colour("--ink-soft");
  notes.forEach((text, i) => context.fillText(text, margin, height - margin - 17 * (notes.length - i - 0.5)));
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is empty"))), "image/png"));
}

/** A copy that looks the same without the page's style sheets. */
function standalone(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const originals = svg.querySelectorAll<SVGElement>("*");
  copy.querySelectorAll<SVGElement>("*").forEach((element, i) => {
    const original = originals[i];
    if (!original) return;
    const style = getComputedStyle(original);
    element.setAttribute("style", kept.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
  });
  return new XMLSerializer().serializeToString(copy);
}

async function load(markup: string): Promise<HTMLImageElement> {
  const url = URL.createObjectURL(new Blob([markup], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The lines of a text; Japanese breaks anywhere, English between words. */
function wrapped(text: string, width: number, font: string): string[] {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return [text];
  context.font = font;
  const lines: string[] = [""];
  for (const part of text.match(/[\u2e80-\uffff]|[^\u2e80-\uffff\s]+\s*|\s+/gu) ?? []) {
    const last = lines.at(-1) ?? "";
    if (last && context.measureText(last + part).width > width) lines.push(part);
    else lines[lines.length - 1] = last + part;
  }
  return lines;
}
