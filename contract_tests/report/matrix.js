"use strict";
{
  const form = document.querySelector("form");
  const rows = [...document.querySelectorAll(".row")];
  const topics = [...document.querySelectorAll(".topic")];
  const texts = new Map();
  const textOf = (row) => texts.get(row) ?? texts.set(row, row.textContent.toLowerCase()).get(row);

  const filter = () => {
    const { outcome, level, text } = Object.fromEntries(new FormData(form));
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const right = (!outcome || row.querySelector(`.cell[data-outcome="${outcome}"]`)) && (!level || row.dataset.level === level);
      row.hidden = !(right && words.every((word) => textOf(row).includes(word)));
      shown += !row.hidden;
    }
    for (const topic of topics) topic.hidden = !topic.querySelector(".row:not([hidden])");
    document.getElementById("nothing").hidden = shown > 0;
    document.getElementById("count").value = `${shown} of ${rows.length} cases`;
  };

  const openNamed = () => {
    const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!named?.matches(".panel")) return;
    if (named.closest(".row").hidden) form.reset(), filter();
    named.closest(".row").scrollIntoView({ block: "center" });
    named.showPopover();
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
  document.addEventListener("toggle", ({ target, newState }) => {
    if (!target.matches(".panel")) return;
    const address = location.pathname + location.search;
    if (newState === "open") history.replaceState(null, "", `${address}#${encodeURIComponent(target.id)}`);
    else if (location.hash === `#${encodeURIComponent(target.id)}`) history.replaceState(null, "", address);
  }, true);
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
}
