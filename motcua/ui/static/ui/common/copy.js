// A button that copies a dossier code; shown only where the browser can.
const ready = (root) => {
  if (!navigator.clipboard) return;
  root.querySelectorAll("[data-copy][hidden]").forEach((button) => { button.hidden = false; });
};
ready(document);
document.addEventListener("htmx:load", (event) => ready(event.target));
document.addEventListener("ui:load", () => ready(document));
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  button.append(said);
  said.textContent = button.dataset.done || "✓";
  setTimeout(() => said.remove(), 2000);
});
