// Solves the puzzle beside the page and sends what was typed; where it cannot, the page says how long to wait.
const form = document.querySelector("[data-puzzle]");
if (form && isSecureContext) {
  const [working, waiting] = ["working", "waiting"].map((name) => document.querySelector(`[data-puzzle-${name}]`));
  const say = (busy) => {
    working.hidden = !busy;
    waiting.hidden = busy;
  };
  const worker = new Worker(form.dataset.worker);
  worker.onmessage = ({ data }) => {
    form.elements.solution.value = data;
    form.submit();
  };
  worker.onerror = () => say(false);
  worker.postMessage({ puzzle: form.dataset.puzzle, zeros: Number(form.dataset.bits) });
  say(true);
}
