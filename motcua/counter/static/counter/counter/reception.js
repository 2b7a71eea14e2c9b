// Reception without a mouse: Enter goes to the next field, Ctrl+Enter receives, with Shift another dossier follows; a card or
// a known number is read by Enter.
const fields = (form) => [...form.querySelectorAll("input:not([type=hidden], [type=file]), select, textarea, button.button-primary")]
  .filter((one) => !one.disabled && (one.checkVisibility ? one.checkVisibility() : one.getClientRects().length > 0));
// The sheets of a paper are one stop, as are the choices of a question.
const group = (one) => one.closest("tr") || (one.type === "radio" ? one.name : one);

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form");
  if (!form || event.key !== "Enter" || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    const button = form.querySelector(event.shiftKey ? "[data-more]" : ".button-primary");
    if (button) { event.preventDefault(); form.requestSubmit(button); }
    return;
  }
  if (!("enterMoves" in form.dataset) || event.shiftKey || event.altKey) return;
  if (!event.target.matches("input:not([type=file]), select")) return;
  event.preventDefault();
  if (event.target.matches("[name=qr], [name=owner_id_number]") && event.target.value.trim()) {
    form.querySelector("[data-read]").click();
    return;
  }
  const all = fields(form);
  const next = all.slice(all.indexOf(event.target) + 1).find((one) => group(one) !== group(event.target) && !one.closest("[data-aside]"));
  if (!next) return;
  next.focus();
  if (next.matches("input:not([type=radio], [type=checkbox], [type=file], [type=date])")) next.select();
});

// From the search for a procedure straight down to what it found.
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" || !event.target.matches?.("[name=tim]")) return;
  const first = document.querySelector("[data-row] [data-open]");
  if (first) { event.preventDefault(); first.focus(); }
});

// The receipt asks to be printed once, when it has just been made.
const receipt = document.querySelector("[data-print-frame]");
receipt?.addEventListener("load", () => {
  history.replaceState(null, "", location.pathname);
  try { receipt.contentWindow.print(); window.focus(); } catch { /* a browser without its own viewer prints from the page of the receipt */ }
}, { once: true });
