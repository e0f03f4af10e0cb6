// Writes src/api/schema.d.ts from the description of the API: of a running server (HITORI_URL),
// or of the file given.
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const from = process.argv[2] ?? new URL("/api/openapi.json", process.env.HITORI_URL ?? "http://127.0.0.1:8080").href;
const text = from.startsWith("http") ? await (await fetch(from)).text() : await readFile(from, "utf8");
const description = JSON.parse(text);
// Only those of another title are told apart by the version of the server.
description.info.version = "";
const head = "// Made from the server's OpenAPI description by `npm run client`; not edited by hand.\n\n";
await writeFile(new URL("../src/api/schema.d.ts", import.meta.url), head + astToString(await openapi(description)));
