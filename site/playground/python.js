// Python by Pyodide, with the libraries imported. A first visit leaves its memory in this browser;
// later ones begin with it, so that nothing is compiled and imported again.
import { loadPyodide } from "./pyodide/pyodide.mjs";
import { filesOf } from "./store.js";

const INDEX = new URL("pyodide/", import.meta.url).href;
const ASKED = { "pyodide.asm.wasm": "application/wasm", "python_stdlib.zip": "application/zip" };
const HERE = ["pyodide/pyodide.asm.mjs", "packages.tar", ...Object.keys(ASKED).map((one) => `pyodide/${one}`)];
const PREPARE = `
import os, sys
os.environ["DUPLEX_ROOT"] = "/kit"
sys.dont_write_bytecode = True  # what is compiled is kept in memory
sys.path[:0] = ["/packages", "/kit"]
from inpage import codes, main
codes.keep("/packages/")
main.prepare()
`;
const AGAIN = `
import random
random.seed()  # else each visit would draw the same
`;

// Return Python, and how many seconds it took to start it when everything was here; `heard` takes
// what it prints.
export async function startPython(store, heard) {
  const [memory, ...here] = await Promise.all([
    store.memory().catch(() => null),
    ...HERE.map((name) => store.bytes(name)),
  ]);
  const begun = performance.now();
  const [script, packages, ...asked] = here;
  const real = self.fetch;
  self.fetch = answering(asked, real);
  const options = {
    indexURL: INDEX,
    lockFileContents: { info: store.manifest.python, packages: {} }, // nothing else is ever loaded
    stdout: heard,
    stderr: heard,
    fsInit: (FS) => place(FS, packages, "/packages"),
  };
  const create = await moduleOf(script);
  const python = (memory && (await again(options, create, memory, store))) || (await first(options, create, store));
  self.fetch = real;
  return [python, (performance.now() - begun) / 1000];
}

async function first(options, create, store) {
  const python = await loadPyodide({ ...options, createPyodideModule: create, _makeSnapshot: true });
  python.runPython(PREPARE);
  try {
    store.keepMemory(python.makeMemorySnapshot());
  } catch {
    // then a later visit takes as long as this one
  }
  return python;
}

// Begin with a memory; where that fails it is dropped, and nothing is returned.
async function again(options, create, memory, store) {
  try {
    const createPyodideModule = async (settings) => grown(await create(settings), memory.length);
    const python = await loadPyodide({ ...options, createPyodideModule, _loadSnapshot: memory });
    python.runPython(AGAIN);
    return python;
  } catch {
    await store.dropMemory();
    return null;
  }
}

// Pyodide itself leaves its memory at the size that it is compiled with.
function grown(module, size) {
  if (module.HEAP8.length < size) module.growMemory(size);
  return module;
}

// Pyodide's script is kept compressed as all else is, so it has no address to be imported from.
async function moduleOf(script) {
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return (await import(url)).default;
  } finally {
    URL.revokeObjectURL(url);
  }
}

// Answer Pyodide's own requests with what is here.
function answering(asked, real) {
  const found = Object.entries(ASKED).map(([name, type], at) => [INDEX + name, [asked[at], type]]);
  const here = new Map(found);
  return async (what, options) => {
    const [bytes, type] = here.get(String(what.url ?? what)) ?? [];
    return bytes ? new Response(bytes, { headers: { "Content-Type": type } }) : real(what, options);
  };
}

// Put the files of a tar archive into a folder of Python's.
export function place(FS, tar, folder) {
  const made = new Set();
  for (const [path, bytes] of filesOf(tar)) {
    const full = `${folder}/${path}`;
    const home = full.slice(0, full.lastIndexOf("/"));
    if (!made.has(home)) FS.mkdirTree(home);
    made.add(home);
    FS.writeFile(full, bytes, { canOwn: true });
  }
}
