browse({
  item: ".row",
  target: ".panel",
  has: (row, outcome) => row.querySelector(`.cell[data-outcome="${outcome}"]`),
  show: (panel, row) => {
    row.scrollIntoView({ block: "center" });
    panel.showPopover();
  },
});
document.addEventListener("toggle", ({ target, newState }) => {
  if (!target.matches(".panel")) return;
  const address = location.pathname + location.search;
  if (newState === "open") history.replaceState(null, "", `${address}#${encodeURIComponent(target.id)}`);
  else if (location.hash === `#${encodeURIComponent(target.id)}`) history.replaceState(null, "", address);
}, true);
