import qrcode from "qrcode-generator";

/** A QR code drawn as one path. */
export default function QRCode({ text, label }: { text: string; label: string }) {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let path = "";
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) if (code.isDark(row, column)) path += `M${column + 4} ${row + 4}h1v1h-1z`;
  }
  return (
    <svg viewBox={`0 0 ${size + 8} ${size + 8}`} width={200} height={200} role="img" aria-label={label} shapeRendering="crispEdges" style={{ background: "#fff", borderRadius: 6, alignSelf: "center" }}>
      <path d={path} fill="#000" />
    </svg>
  );
}
