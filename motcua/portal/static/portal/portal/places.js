// Places are suggested while one types; without this module, or without a network, one writes the name oneself.
let wait;
document.addEventListener("input", ({ target }) => {
  if (!target.dataset?.places || [...target.list.options].some(({ value }) => value === target.value)) return;
  clearTimeout(wait);
  wait = setTimeout(async () => {
    const typed = target.value;
    const answer = await fetch(`${target.dataset.places}?q=${encodeURIComponent(typed)}`).catch(() => null);
    if (!answer?.ok) return;
    // The browser leaves out what does not contain the typed letters, so a name typed without its marks stands behind it.
    target.list.replaceChildren(...(await answer.json()).map((place) => new Option(place.includes(typed) ? "" : `${place} (${typed})`, place)));
  }, 250);
});
