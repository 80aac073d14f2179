// The worker: Python, Django and Channels by Pyodide, and the reader's project in it.
// The page stops it (and starts another) when the reader's code does not let go.
import { place, startPython } from "./python.js";
import { Store } from "./store.js";

const MOST = 1000; // messages to the page that follow one act of its reader's: more than it shows
const BEAT = 10; // of them, those that are allowed anew with each beat of the page

let store, python, main;
let testing = false; // whether the kit is there
let fresh = true; // whether the libraries are imported, and nothing has used them
let posted = 0; // messages since the reader did something, but for those that are forgiven

// Code that sends or prints without end must not bury the page: after MOST the worker is silent,
// and the page, which hears of it, stops the worker. Who sends slowly may go on for ever: each beat
// forgives some of the messages that the page has come to.
function post(data) {
  posted += 1;
  if (posted <= MOST) self.postMessage(data);
  else if (posted === MOST + 1) self.postMessage({ said: "flooded" });
}

const tell = (json) => post(JSON.parse(json));

// Return how many seconds Python took to start.
async function load() {
  store = await Store.open((done, total) => post({ said: "progress", done, total }));
  const [started, took] = await startPython(store, (text) => post({ said: "printed", text: `${text}\n` }));
  python = started;
  main = python.pyimport("inpage.main");
  return took;
}

async function unpack(name, folder) {
  place(python.FS, await store.bytes(name), folder);
}

// Do what the page asks; what is told at the end tells it that it may ask for more.
const acts = {
  async load() {
    post({ said: "loaded", took: await load() });
  },
  async serve({ files, env }) {
    if (!fresh) main.prepare();
    fresh = false;
    post({ said: "prepared" });
    main.write(JSON.stringify(files));
    main.serve(JSON.stringify(env), tell);
    post({ said: "served" });
  },
  async check({ files, lab, tasks }) {
    if (!testing) await unpack("testing.tar", "/packages");
    if (!testing) await unpack("kit.tar", "/kit");
    testing = true;
    main.write(JSON.stringify(files));
    main.check(lab, JSON.stringify(tasks), tell);
    post({ said: "checked" });
  },
  open: ({ id, path, name, logIn }) => main.live.open(id, path, name, logIn),
  send: ({ id, text, digits }) => main.live.send(id, text ?? undefined, digits ?? undefined),
  close: ({ id, code }) => main.live.close(id, code),
  beat({ count }) {
    posted -= Math.min(posted, count, BEAT);
    post({ said: "beat" });
  },
};

self.onmessage = async ({ data }) => {
  if (data.do !== "beat") posted = 0;
  try {
    await acts[data.do](data);
  } catch (error) {
    post({ said: "failed", during: data.do, id: data.id, message: String(error.message ?? error) });
  }
};
