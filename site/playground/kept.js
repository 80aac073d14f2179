// What the reader wrote, kept in this browser, for each lab: the newest texts, and backups of them.

const KEPT = 5; // backups

export class Kept {
  // `told` hears once, in words, that nothing can be kept.
  constructor(lab, told) {
    this.key = `duplex playground ${lab}`;
    this.told = told;
    this.data = this.read();
  }

  read() {
    try {
      const data = JSON.parse(localStorage.getItem(this.key)) ?? {};
      return { files: data.files ?? {}, backups: data.backups ?? [] };
    } catch {
      return { files: {}, backups: [] };
    }
  }

  write() {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.data));
    } catch {
      this.told("This browser keeps nothing for this page: what you write is gone when you leave it.");
      this.told = () => {};
    }
  }

  edit(path, text) {
    this.data.files[path] = text;
    this.write();
  }

  // Put what was written aside, and begin anew; return whether there was anything.
  reset(now) {
    const any = Object.keys(this.data.files).length > 0;
    if (any) this.data.backups = [{ at: now, files: this.data.files }, ...this.data.backups].slice(0, KEPT);
    this.data.files = {};
    this.write();
    return any;
  }

  // Take a backup's texts again; what is there now becomes a backup.
  restore(at, now) {
    const { files } = this.data.backups[at];
    this.data.backups.splice(at, 1);
    this.reset(now);
    this.data.files = files;
    this.write();
  }
}
