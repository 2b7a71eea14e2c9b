// The counter by keyboard. Single letters rest while somebody types, and can be switched off on this machine (WCAG 2.1.4).
const typing = (element) => element.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const off = document.querySelector("[data-keys-off]");
const help = document.querySelector("#keys");
const seen = (element) => element && element.getClientRects().length > 0;
const resting = () => off?.checked;

if (off) {
  off.checked = localStorage.getItem("keys-off") === "1";
  off.addEventListener("change", () => localStorage.setItem("keys-off", off.checked ? "1" : "0"));
}
document.querySelectorAll("[data-keys]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => help?.showModal());
});

const walk = (step) => {
  const links = [...document.querySelectorAll("[data-row] [data-open]")].filter(seen);
  if (!links.length) return;
  const here = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1);
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
};

const press = {
  "/": () => { const box = document.querySelector("[data-search]"); box?.focus(); box?.select(); },
  n: () => document.querySelector("[data-new]")?.click(),
  "?": () => help?.showModal(),
  j: () => walk(1),
  k: () => walk(-1),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const onLine = event.target === document.body || event.target.closest?.("[data-row], main") === event.target || event.target.closest?.("[data-row]");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (onLine && document.querySelector("[data-row]")) { event.preventDefault(); walk(event.key === "ArrowDown" ? 1 : -1); }
    return;
  }
  if (resting()) return;
  const act = !event.repeat && [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key && seen(one));
  if (act) { event.preventDefault(); act.click(); return; }
  if (press[event.key]) { event.preventDefault(); press[event.key](); }
});

// The menu closes when one looks away.
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
