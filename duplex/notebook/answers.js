// Tell the notebook's kernel which questions of a quiz were answered, and whether rightly. A question
// counts as right when its feedback says so; one with several right answers, when all are found.
(() => {
  const start = document.getElementById(ID);
  const area = start?.closest(".jp-OutputArea") ?? document.body;
  const told = {};

  function state(feedback) {
    if (!feedback.classList.contains("correct")) return feedback.classList.contains("incorrect") ? false : null;
    const { numcorrect, answeredcorrect } = feedback.dataset;
    return !(numcorrect > 1) || answeredcorrect >= numcorrect;
  }

  function look() {
    for (const wrap of area.querySelectorAll("[id^=quizWrap]")) {
      const feedback = wrap.querySelector(".Feedback");
      const right = feedback && state(feedback);
      if (right === null || told[wrap.dataset.qnum] === right) continue;
      told[wrap.dataset.qnum] = right;
      fetch(`URL_?question=${wrap.dataset.qnum}&right=${right}`, { mode: "no-cors" }).catch(() => {});
    }
  }

  new MutationObserver(look).observe(area, { subtree: true, attributes: true, attributeFilter: ["class"] });
})();
