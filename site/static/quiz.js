// The quizzes: each answer says why it is right or wrong, at once and without a server.
"use strict";

function say(form, right, sentence) {
  const line = form.querySelector(".feedback");
  line.className = `feedback ${right ? "right" : "wrong"}`;
  const told = /^(yes|no|right|exactly)\b/i.test(sentence) ? "" : right ? "Right. " : "Not yet. ";
  line.textContent = told + sentence;
}

function chosen(form) {
  return [...form.querySelectorAll("input:checked")];
}

function judgeOne(form) {
  const [box] = chosen(form);
  if (box) say(form, box.dataset.right === "true", box.dataset.feedback);
}

function judgeMany(form) {
  const boxes = [...form.querySelectorAll("input")];
  const slips = boxes.filter((box) => box.checked !== (box.dataset.right === "true"));
  const first = slips.find((box) => box.checked);
  const missing = "What you chose is right; something is missing.";
  say(form, slips.length === 0, first ? first.dataset.feedback : slips.length ? missing : "That is all.");
}

function judgeNumber(form) {
  const text = form.querySelector("input").value.trim().replace(",", ".");
  if (text === "" || Number.isNaN(Number(text))) {
    say(form, false, "Write a number.");
    return;
  }
  const known = [...form.querySelectorAll("data")];
  const fits = (one) => one.value !== "" && Number(one.value) === Number(text);
  const found = known.find(fits) ?? known.find((one) => one.value === "");
  say(form, found?.dataset.right === "true", found?.dataset.feedback ?? "");
}

for (const form of document.querySelectorAll(".quiz form")) {
  const judge = { multiple_choice: judgeOne, many_choice: judgeMany, numeric: judgeNumber }[form.dataset.kind];
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    judge(form);
  });
  if (judge === judgeOne) form.addEventListener("change", () => judge(form));
}
