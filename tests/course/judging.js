// Judge a project as a page of the playground does, with its worker; returns the verdicts.
async ([place, name, tasks, files]) => {
  const { Checks } = await import(`${place}checks.js`);
  const lab = await (await fetch(`${place}labs/${name}.json`)).json();
  const known = (path) => path in files;
  const checks = (window.checks ??= new Checks(document.createElement("div"), lab, () => files, known, () => {}));
  Object.assign(checks, { lab, known, files: () => files });
  checks.anew();
  return await new Promise((told, failed) => {
    const verdicts = [];
    checks.verdict = (data) => {
      verdicts.push(data);
      Checks.prototype.verdict.call(checks, data);
    };
    checks.done = () => {
      Checks.prototype.done.call(checks);
      told(verdicts);
    };
    checks.failed = (message) => failed(new Error(message));
    checks.begin(tasks ?? lab.tasks.map((task) => task.id));
  });
}
