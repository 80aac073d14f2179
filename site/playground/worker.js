// The worker: Python, Django and Channels by Pyodide, and the reader's project in it.
// The page stops it (and starts another) when the reader's code does not let go.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const HERE = new URL(".", import.meta.url);
const CACHE = "duplex-playground-";
const MOST = 5000; // messages to the page between two of its own
const real = self.fetch.bind(self);

let python, main, manifest, cache, testing; // `testing`: whether the kit is unpacked
let loaded = 0; // bytes so far
let posted = 0; // messages since the page asked last

// Code that sends or prints without end must not bury the page: after MOST the worker is silent,
// and the page, which hears of it, stops the worker.
function post(data) {
  posted += 1;
  if (posted <= MOST) self.postMessage(data);
  else if (posted === MOST + 1) self.postMessage({ said: "flooded" });
}

const tell = (json) => post(JSON.parse(json));

// Keep what was loaded: the cache's name holds the content's hash, and older ones are dropped.
async function openCache() {
  if (!self.caches) return null; // only where the page is safe: https, or this computer
  const name = CACHE + manifest.version;
  for (const one of await caches.keys()) {
    if (one.startsWith(CACHE) && one !== name) await caches.delete(one);
  }
  return caches.open(name);
}

async function get(url) {
  const known = await cache?.match(url);
  if (known) return known;
  const answer = await real(url);
  if (!answer.ok) throw new Error(`${url} was not found (HTTP ${answer.status})`);
  cache?.put(url, answer.clone()).catch(() => {}); // a full disk must stop nobody
  return answer;
}

// Count what passes, for the progress bar, and unpack what is stored compressed.
function counted(stream, packed) {
  const count = new TransformStream({
    transform(chunk, out) {
      loaded += chunk.byteLength;
      post({ said: "progress", done: loaded, total: manifest.total });
      out.enqueue(chunk);
    },
  });
  const plain = stream.pipeThrough(count);
  return packed ? plain.pipeThrough(new DecompressionStream("gzip")) : plain;
}

// Answer Pyodide's own requests from the site's files, some of which are stored compressed.
self.fetch = async (what, options) => {
  const url = new URL(what.url ?? what, HERE);
  const file = manifest?.files[url.href.slice(HERE.href.length)];
  if (!file) return real(what, options);
  const answer = await get(new URL(file.stored, HERE).href);
  const body = counted(answer.body, file.stored.endsWith(".packed"));
  return new Response(body, { headers: { "Content-Type": file.type } });
};

async function unpack(name, where) {
  const answer = await self.fetch(name);
  python.unpackArchive(await answer.arrayBuffer(), "zip", { extractDir: where });
}

async function load() {
  manifest = await (await real(new URL("manifest.json", HERE), { cache: "no-cache" })).json();
  cache = await openCache().catch(() => null);
  const said = { batched: (text) => post({ said: "printed", text: `${text}\n` }) };
  python = await loadPyodide({
    indexURL: new URL("pyodide/", HERE).href,
    lockFileContents: { info: manifest.python, packages: {} }, // nothing else is ever loaded
    stdout: said.batched,
    stderr: said.batched,
  });
  await unpack("packages.zip", "/packages");
  python.runPython(`
import os, sys
os.environ["DUPLEX_ROOT"] = "/kit"
sys.dont_write_bytecode = False  # the next run imports the libraries faster
sys.path[:0] = ["/packages", "/kit"]
`);
  main = python.pyimport("inpage.main");
}

// Do what the page asks; what is told at the end tells it that it may ask for more.
const acts = {
  async load() {
    await load();
    post({ said: "loaded" });
  },
  async serve({ files, env }) {
    main.prepare();
    post({ said: "prepared" });
    main.write(JSON.stringify(files));
    main.serve(JSON.stringify(env), tell);
    post({ said: "served" });
  },
  async check({ files, lab, tasks }) {
    if (!testing) await unpack("testing.zip", "/packages");
    if (!testing) await unpack("kit.zip", "/kit");
    testing = true;
    main.write(JSON.stringify(files));
    main.check(lab, JSON.stringify(tasks), tell);
    post({ said: "checked" });
  },
  open: ({ id, path, name, logIn }) => main.live.open(id, path, name, logIn),
  send: ({ id, text, digits }) => main.live.send(id, text ?? undefined, digits ?? undefined),
  close: ({ id, code }) => main.live.close(id, code),
  beat: ({ count }) => post({ said: "beat", count }),
};

self.onmessage = async ({ data }) => {
  posted = 0;
  try {
    await acts[data.do](data);
  } catch (error) {
    post({ said: "failed", during: data.do, id: data.id, message: String(error.message ?? error) });
  }
};
