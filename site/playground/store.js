// What Python is made of: the site's own files, fetched once, and kept in this browser.

const HERE = new URL(".", import.meta.url);
const CACHE = "duplex-playground-";
const MEMORY = new URL("memory", HERE).href; // where Python's memory is kept; no file is there
const AGENT = "User-Agent"; // another browser may not begin with this one's memory

// Keep what was loaded: the cache's name holds the content's hash, and older ones are dropped.
async function openCache(version) {
  if (!self.caches) return null; // only where the page is safe: https, or this computer
  const name = CACHE + version;
  for (const one of await caches.keys()) {
    if (one.startsWith(CACHE) && one !== name) await caches.delete(one);
  }
  return caches.open(name);
}

export class Store {
  loaded = 0; // bytes so far

  // `progress(done, total)` hears how far it is.
  static async open(progress) {
    const manifest = await (await fetch(new URL("manifest.json", HERE), { cache: "no-cache" })).json();
    const cache = await openCache(manifest.version).catch(() => null);
    return Object.assign(new Store(), { manifest, cache, progress });
  }

  // Return a file's content, unpacked; its version is in its address, so that nobody has an older one.
  async bytes(name) {
    const answer = await this.get(new URL(`${name}.packed?${this.manifest.version}`, HERE).href);
    const plain = answer.body.pipeThrough(this.counting()).pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(plain).arrayBuffer());
  }

  async get(url) {
    const known = await this.cache?.match(url);
    if (known) return known;
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url} was not found (HTTP ${answer.status})`);
    this.keep(url, answer.clone());
    return answer;
  }

  keep(url, answer) {
    this.cache?.put(url, answer).catch(() => {}); // a full disk must stop nobody
  }

  // Count what passes, for the progress bar.
  counting() {
    return new TransformStream({
      transform: (chunk, out) => {
        this.loaded += chunk.byteLength;
        this.progress(this.loaded, this.manifest.total);
        out.enqueue(chunk);
      },
    });
  }

  // The memory of a Python that has imported the libraries, if an earlier visit has left it.
  async memory() {
    const kept = await this.cache?.match(MEMORY);
    if (kept?.headers.get(AGENT) !== navigator.userAgent) return null;
    return new Uint8Array(await kept.arrayBuffer());
  }

  keepMemory(bytes) {
    this.keep(MEMORY, new Response(bytes, { headers: { [AGENT]: navigator.userAgent } }));
  }

  async dropMemory() {
    await this.cache?.delete(MEMORY);
  }
}

// Yield path and bytes of each file in a tar archive.
export function* filesOf(tar) {
  const words = new TextDecoder();
  for (let at = 0; tar[at]; ) {
    const field = (from, size) => words.decode(tar.subarray(at + from, at + from + size)).split("\0", 1)[0];
    const [folder, name, size] = [field(345, 155), field(0, 100), parseInt(field(124, 12), 8)];
    const begin = at + 512;
    yield [folder ? `${folder}/${name}` : name, tar.subarray(begin, begin + size)];
    at = begin + Math.ceil(size / 512) * 512;
  }
}
