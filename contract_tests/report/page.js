{
  const opener = document.getElementById("open");

  browse({
    item: ".case",
    target: ".case",
    has: (one, outcome) => one.dataset.outcome === outcome,
    show: (named) => {
      named.open = true;
      named.scrollIntoView();
    },
  });
  document.addEventListener("click", ({ target }) => {
    if (target === opener) {
      const open = opener.getAttribute("aria-pressed") === "false";
      for (const one of document.querySelectorAll(".case")) if (!one.hidden || !open) one.open = open;
      opener.setAttribute("aria-pressed", open);
      opener.textContent = open ? "Close all" : "Open all";
    } else if (target.closest("summary")) {
      const { id, open } = target.closest(".case");
      if (!open) history.replaceState(null, "", `#${encodeURIComponent(id)}`);
    }
  });
}
