"use strict";

// Both pages: cases that a form filters, of which an address may open one, and commands to copy. `item` selects the
// cases, `target` what an address may name in them; `has` says whether a case has an outcome, `show` opens a target.
const browse = ({ item, target, has, show }) => {
  const form = document.querySelector("form");
  const items = [...document.querySelectorAll(item)];
  const topics = [...document.querySelectorAll(".topic")];
  const texts = new Map();
  const textOf = (one) => texts.get(one) ?? texts.set(one, one.textContent.toLowerCase()).get(one);

  const filter = () => {
    const { outcome, level, text } = Object.fromEntries(new FormData(form));
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of items) {
      const right = (!outcome || has(one, outcome)) && (!level || one.dataset.level === level);
      one.hidden = !(right && words.every((word) => textOf(one).includes(word)));
      shown += !one.hidden;
    }
    for (const topic of topics) topic.hidden = !topic.querySelector(`${item}:not([hidden])`);
    document.getElementById("nothing").hidden = shown > 0;
    document.getElementById("count").value = `${shown} of ${items.length} cases`;
  };

  const openNamed = () => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!named?.matches(target)) return;
    const holder = named.closest(item);
    if (holder.hidden) form.reset(), filter();
    show(named, holder);
  };

  document.documentElement.classList.add("scripted");
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", openNamed);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.target.matches("input[type=search]")) {
      event.preventDefault();
      form.elements.text.focus();
    } else if (event.key === "Escape" && event.target === form.elements.text) {
      form.elements.text.value = "";
      filter();
    }
  });
  document.addEventListener("click", async ({ target }) => {
    if (!target.matches(".copy")) return;
    const command = target.previousElementSibling;
    try {
      await navigator.clipboard.writeText(command.textContent);
      target.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(command);
    }
  });
  filter();
  openNamed();
};
