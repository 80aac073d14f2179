// For who works on the playground: its Python side in Node, without a browser.
// NODE try.mjs STATIC LAB chat|check [PATH=FILE ...]     (Playwright's own node is new enough)
// STATIC is _static/playground of a built site; PATH=FILE puts another text into the project.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const [place, lab, what, ...edits] = process.argv.slice(2);
const read = (name) => new Uint8Array(fs.readFileSync(path.join(place, name)));
const manifest = JSON.parse(fs.readFileSync(path.join(place, "manifest.json"), "utf8"));
const told = JSON.parse(fs.readFileSync(path.join(place, `labs/${lab}.json`), "utf8"));
const wasm = path.join(place, "pyodide/pyodide.asm.wasm");
if (!fs.existsSync(wasm)) fs.writeFileSync(wasm, gunzipSync(read("pyodide/pyodide.asm.wasm.packed")));

const { loadPyodide } = await import(pathToFileURL(path.resolve(place, "pyodide/pyodide.mjs")));
const python = await loadPyodide({
  indexURL: path.resolve(place, "pyodide"),
  lockFileContents: { info: manifest.python, packages: {} },
});
for (const [name, where] of [["packages.zip", "/packages"], ["testing.zip", "/packages"], ["kit.zip", "/kit"]]) {
  python.unpackArchive(read(name), "zip", { extractDir: where });
}
python.runPython('import os, sys; os.environ["DUPLEX_ROOT"] = "/kit"; sys.path[:0] = ["/packages", "/kit"]');
const main = python.pyimport("inpage.main");
for (const edit of edits) {
  const [name, file] = edit.split("=");
  told.files[name] = fs.readFileSync(file, "utf8");
}
const tell = (json) => console.log(json);
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

main.write(JSON.stringify(told.files));
if (what === "check") {
  main.check(told.number, JSON.stringify(told.tasks.map((task) => task.id)), tell);
} else {
  main.prepare();
  main.serve(JSON.stringify(told.env), tell);
  const where = told.path.replace("{room}", "lobby");
  for (const [id, name] of [[1, "ada"], [2, "grace"]]) main.live.open(id, where, name, told.login);
  await pause(1000);
  const words = JSON.stringify(told.message).replaceAll("{name}", "ada").replaceAll("{text}", "hello").replaceAll("{key}", "k");
  main.live.send(1, typeof told.message === "string" ? "hello" : words, undefined);
  await pause(1000);
  main.live.close(2, 1006);
  await pause(500);
}
