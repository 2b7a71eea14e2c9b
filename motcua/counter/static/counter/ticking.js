// Ticking rows: all of a page at once, `v` for the row one stands on, and how many there are.
const form = document.querySelector("[data-ticking]");
const ticks = [...document.querySelectorAll('input[name="chon"]')];
const all = document.querySelector("[data-tick-all]");
const said = form?.querySelector("[data-ticked]");

const tell = () => {
  const number = ticks.filter((tick) => tick.checked).length;
  said.hidden = !number;
  said.textContent = `Đã chọn ${number} hồ sơ:`;
  all.checked = number === ticks.length;
  all.indeterminate = number > 0 && number < ticks.length;
};
if (form && ticks.length) {
  said.setAttribute("role", "status");
  all.hidden = false;
  all.addEventListener("change", () => { ticks.forEach((tick) => { tick.checked = all.checked; }); tell(); });
  ticks.forEach((tick) => tick.addEventListener("change", tell));
  document.addEventListener("keydown", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
    if (event.key !== "v" || !plain || document.querySelector("[data-keys-off]")?.checked || document.querySelector("dialog[open]")) return;
    const tick = document.activeElement?.closest?.("[data-row]")?.querySelector('input[name="chon"]');
    if (!tick) return;
    event.preventDefault();
    tick.checked = !tick.checked;
    tell();
  });
  tell();
}
