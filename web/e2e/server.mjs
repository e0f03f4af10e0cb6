// Starts the program in a temporary folder on a free port.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts a demo and waits until it is ready: {url, link, stop} and its keys. */
export async function startDemo({ customers = 300 } = {}) {
  const { found, stop } = await start(["demo", "--customers", String(customers), "--days", "400"], /http:\/\/[^\s]+\/sign-in#token=\S+/);
  return { url: new URL(found).origin, link: found, stop, key: "demo-api-key", writeKey: "demo-write-key" };
}

/** Starts a server that nobody has used yet; on a port of one's choice where others must know it before. */
export async function startEmpty({ port = 0, env = {} } = {}) {
  const { found, stop } = await start(["serve"], /http:\/\/127\.0\.0\.1:\d+/, port, env);
  return { url: new URL(found).origin, stop };
}

/** A port that nobody listened on a moment ago. */
export const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Runs HITORI_BIN with a folder of its own until it has printed what is looked for. */
async function start(args, sign, port = 0, env = {}) {
  const binary = process.env.HITORI_BIN;
  if (!binary) throw new Error("HITORI_BIN names the program to test");
  const data = await mkdtemp(join(tmpdir(), "hitori-e2e-"));
  const program = spawn(binary, [...args, "--data", data, "--listen", `127.0.0.1:${port}`, "--lang", "ja"], { env: { ...process.env, ...env } });
  let output = "";
  const ready = new Promise((resolve, reject) => {
    const read = (chunk) => {
      output += chunk;
      const found = sign.exec(output)?.[0];
      if (found) resolve(found);
    };
    program.stdout.on("data", read);
    program.stderr.on("data", read);
    program.on("exit", (status) => reject(new Error(`the program ended with ${status}:\n${output}`)));
  });
  const found = await ready;
  const stop = async () => {
    program.removeAllListeners("exit");
    const ended = new Promise((resolve) => program.once("exit", resolve));
    program.kill("SIGTERM");
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  return { found, stop };
}
