// What of this page people could not use, by axe-core: a promise of [[rule, elements], …].
// Contrast is looked at once for each look (colours, size, weight), not for each word of it: axe
// takes as long for it as for all other rules together, and most elements are words of code.
async () => {
  const everything = await axe.run(document, {
    resultTypes: ["violations"], rules: {"color-contrast": {enabled: false}},
  });
  const looks = await axe.run({include: oneOfEachLook()}, {
    resultTypes: ["violations"], runOnly: ["color-contrast"],
  });
  return [...everything.violations, ...looks.violations].map(
    rule => [rule.id, rule.nodes.map(node => node.html.slice(0, 150))]);

  function oneOfEachLook() {
    const chosen = new Map();
    for (const element of [document.body, ...document.body.querySelectorAll("*")])
      if (hasWords(element) && element.checkVisibility() && !chosen.has(look(element)))
        chosen.set(look(element), element);
    return [...chosen.values()];
  }

  function hasWords(element) {
    return element.matches("input, select, textarea") ||
      [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  }

  function look(element) {
    const {color, fontSize, fontWeight, textShadow} = getComputedStyle(element);
    return [color, fontSize, fontWeight, textShadow, ...grounds(element)].join();
  }

  function grounds(element) { // what lies behind its words, up to what hides the rest
    const found = [];
    for (let one = element; one; one = one.parentElement) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(one);
      found.push(backgroundColor, backgroundImage, opacity);
    }
    return found.filter(one => !["rgba(0, 0, 0, 0)", "none", "1"].includes(one));
  }
}
