// Starts the program in a temporary folder on a free port.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Starts a demo and waits until it is ready: {url, link, stop} and its keys. */
export async function startDemo({ customers = 300 } = {}) {
  const { found, stop } = await start(["demo", "--customers", String(customers), "--days", "400"], /http:\/\/[^\s]+\/sign-in#token=\S+/);
  return { url: new URL(found).origin, link: found, stop, key: "demo-api-key", writeKey: "demo-write-key" };
}

/** Starts a server that nobody has used yet. */
export async function startEmpty() {
  const { found, stop } = await start(["serve"], /http:\/\/127\.0\.0\.1:\d+/);
  return { url: new URL(found).origin, stop };
}

/** Runs HITORI_BIN with a folder of its own until it has printed what is looked for. */
async function start(args, sign) {
  const binary = process.env.HITORI_BIN;
  if (!binary) throw new Error("HITORI_BIN names the program to test");
  const data = await mkdtemp(join(tmpdir(), "hitori-e2e-"));
  const program = spawn(binary, [...args, "--data", data, "--listen", "127.0.0.1:0", "--lang", "ja"]);
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
