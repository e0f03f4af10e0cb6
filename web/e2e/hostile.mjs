/** Names that break pages which take them for something else than text. */
export const hostile = [
  "<script>globalThis.owned=1;alert(1)</script>",
  "\"><img src=x onerror=\"globalThis.owned=1\">",
  "\u202eevil\u202c \u05d3\u05d5\u05d3 \u0645\u062d\u0645\u062f",
  "あ".repeat(400),
  "W".repeat(300),
  "{name} {{constructor.constructor('globalThis.owned=1')()}} ${7*7}",
  "=HYPERLINK(\"http://evil.example\",\"click\")",
  "👨‍👩‍👧‍👦 \u200b\u200d Z\u0351\u036b\u0343a\u0329\u034e\u0348lgo",
];

/** A name of which nothing can be seen. */
export const unseen = "\u200b\u200d\u3164\u2060";
