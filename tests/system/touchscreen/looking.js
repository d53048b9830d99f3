// Looks at a page as it lies on the screen: what is cut off, what is too small for a glove, what scrolls.
(least_px) => {
  const found = [];
  const name = (one) => `${one.tagName.toLowerCase()}.${one.className?.baseVal ?? one.className}`.replace(/ ?svelte-\w+/g, "");
  const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.closest(".hidden");
  const screen = document.documentElement;
  if (screen.scrollWidth > screen.clientWidth || screen.scrollHeight > screen.clientHeight) found.push("the page scrolls");

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.data.trim() || !seen(text.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const boxes = [...range.getClientRects()];
    let scrolls = false;
    for (let one = text.parentElement; one && one !== document.body; one = one.parentElement) {
      if (one instanceof SVGElement) continue;
      const style = getComputedStyle(one);
      scrolls ||= style.overflowY === "auto";
      const holds = one.tagName === "BUTTON" || style.overflowX !== "visible" || style.borderLeftWidth !== "0px";
      if (!holds) continue;
      const box = one.getBoundingClientRect();
      const out = boxes.some((part) => part.left < box.left - 1 || part.right > box.right + 1
        || (!scrolls && (part.top < box.top - 1 || part.bottom > box.bottom + 1)));
      if (out) found.push(`"${text.data.trim().slice(0, 40)}" does not fit into ${name(one)}`);
    }
  }

  for (const target of document.querySelectorAll("button, input, select, a")) {
    if (!seen(target)) continue;
    const { width, height } = target.getBoundingClientRect();
    if (Math.min(width, height) < least_px - 0.5)
      found.push(`${name(target)} "${target.innerText.slice(0, 20)}" is ${Math.round(width)} x ${Math.round(height)} px`);
  }
  return [...new Set(found)];
}
