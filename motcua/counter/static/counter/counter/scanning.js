// A scanner types faster than anybody: what it reads never presses a shortcut. Outside a field it goes to the search box,
// or to the field for cards where the page has one.
const FAST = 40; // milliseconds between two keys
let last = 0;
let burst = "";

window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.("input, textarea, select")) { burst = ""; return; }
  const quick = event.timeStamp - last < FAST;
  last = event.timeStamp;
  if (event.key.length === 1) {
    const scanning = quick && burst.length > 1;
    burst = quick ? burst + event.key : event.key;
    if (scanning) { event.preventDefault(); event.stopImmediatePropagation(); }
    return;
  }
  if (event.key !== "Enter" || !quick || burst.length < 8) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const text = burst;
  burst = "";
  const card = text.includes("|") && document.querySelector("[name=qr]");
  const box = card || document.querySelector("[data-search]");
  if (!box) return;
  box.value = text;
  if (card) document.querySelector("[data-read]")?.click();
  else box.form.requestSubmit();
}, true);
