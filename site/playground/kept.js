// What the reader wrote, kept in this browser, for each lab: the newest texts, and backups of them.

const KEPT = 5; // backups

export class Kept {
  // `told` hears once, in words, that nothing can be kept.
  constructor(lab, told) {
    this.key = `duplex playground ${lab}`;
    this.told = told;
    this.files = texts(read(this.key));
    this.backups = backups(read(`${this.key} backups`));
  }

  write(key, data) {
    try {
      localStorage.setItem(key, JSON.stringify(data));
    } catch {
      this.told("This browser keeps nothing for this page: what you write is gone when you leave it.");
      this.told = () => {};
    }
  }

  // Keep a file's text; `given` is the one that it has in the lab.
  edit(path, text, given) {
    if (text === given) delete this.files[path];
    else this.files[path] = text;
    this.write(this.key, this.files);
  }

  // Put what was written aside, and begin anew; return whether there was anything.
  reset(now) {
    const any = Object.keys(this.files).length > 0;
    if (any) this.backups = [{ at: now, files: this.files }, ...this.backups].slice(0, KEPT);
    this.files = {};
    this.write(`${this.key} backups`, this.backups);
    this.write(this.key, this.files);
    return any;
  }

  // Take a backup's texts again; what is there now becomes a backup.
  restore(at, now) {
    const [{ files }] = this.backups.splice(at, 1);
    this.reset(now);
    this.files = files;
    this.write(this.key, files);
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // nothing may be kept here, or something else is
  }
}

function texts(data) {
  return Object.fromEntries(Object.entries(data ?? {}).filter(([, text]) => typeof text === "string"));
}

function backups(data) {
  if (!Array.isArray(data)) return [];
  return data.map((one) => ({ at: String(one?.at), files: texts(one?.files) }));
}
