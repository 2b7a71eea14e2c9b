// A scanner types faster than anybody, and what it reads presses no shortcut: a letter waits a moment, and counts only when
// no other stands beside it. Outside a field the scan goes to the search box, or to the field for cards where there is one.
const MOMENT = 50; // milliseconds, waited twice: after a stutter of the machine what was typed meanwhile is heard first
const PAUSE = 300; // a scanner that stutters is still the same scan
let last = 0;
let burst = "";
let waiting;

const press = (key) => {
  const pressed = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  if (!document.activeElement.dispatchEvent(pressed)) burst = "";
};

window.addEventListener("keydown", (event) => {
  if (!event.isTrusted || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select")) { burst = ""; return; }
  const scanning = burst && event.timeStamp - last < PAUSE;
  last = event.timeStamp;
  if (event.key.length === 1) {
    clearTimeout(waiting);
    burst = scanning ? burst + event.key : event.key;
    if (!scanning) {
      if ("/ ".includes(event.key)) return; // these do no harm, and who presses them types on
      waiting = setTimeout(() => { waiting = setTimeout(press, MOMENT, event.key); }, MOMENT);
    }
  } else {
    if (event.key !== "Enter" || !scanning || burst.length < 8) return;
    const card = burst.includes("|") && document.querySelector("[name=qr]");
    const box = card || document.querySelector("[data-search]");
    if (box) box.value = burst;
    burst = "";
    if (card) document.querySelector("[data-read]")?.click();
    else box?.form.requestSubmit();
  }
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
