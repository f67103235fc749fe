"use strict";
{
  const form = document.querySelector("form");
  const cases = [...document.querySelectorAll(".case")];
  const topics = [...document.querySelectorAll(".topic")];
  const opener = document.getElementById("open");
  const texts = new Map();
  const textOf = (one) => texts.get(one) ?? texts.set(one, one.textContent.toLowerCase()).get(one);

  const filter = () => {
    const { outcome, level, text } = Object.fromEntries(new FormData(form));
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of cases) {
      const right = (!outcome || one.dataset.outcome === outcome) && (!level || one.dataset.level === level);
      one.hidden = !(right && words.every((word) => textOf(one).includes(word)));
      shown += !one.hidden;
    }
    for (const topic of topics) topic.hidden = !topic.querySelector(".case:not([hidden])");
    document.getElementById("nothing").hidden = shown > 0;
    document.getElementById("count").value = `${shown} of ${cases.length} cases`;
  };

  const openNamed = () => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!named?.matches(".case")) return;
    if (named.hidden) form.reset(), filter();
    named.open = true;
    named.scrollIntoView();
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
    if (target === opener) {
      const open = opener.getAttribute("aria-pressed") === "false";
      for (const one of cases) if (!one.hidden || !open) one.open = open;
      opener.setAttribute("aria-pressed", open);
      opener.textContent = open ? "Close all" : "Open all";
    } else if (target.matches(".copy")) {
      const command = target.previousElementSibling;
      try {
        await navigator.clipboard.writeText(command.textContent);
        target.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(command);
      }
    } else if (target.closest("summary")) {
      const { id, open } = target.closest(".case");
      if (!open) history.replaceState(null, "", `#${encodeURIComponent(id)}`);
    }
  });
  filter();
  openNamed();
}
