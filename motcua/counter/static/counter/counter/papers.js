// A photographed paper can be turned and made larger beside the form it is compared with.
const show = () => document.querySelectorAll("[data-turn], [data-zoom]").forEach((button) => { button.hidden = false; });
show();
document.addEventListener("htmx:load", show);
document.addEventListener("ui:load", show);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-turn], [data-zoom]");
  const picture = button?.closest("[data-viewer]").querySelector("img");
  if (!picture) return;
  if ("turn" in button.dataset) {
    const turned = ((Number(picture.dataset.turned) || 0) + 90) % 360;
    picture.dataset.turned = turned;
    picture.style.transform = `rotate(${turned}deg)`;
  } else {
    const zoom = Math.min(4, Math.max(0.4, (Number(picture.dataset.zoomed) || 1) * Number(button.dataset.zoom)));
    picture.dataset.zoomed = zoom;
    picture.style.width = `${Math.round(100 * zoom)}%`;
  }
});
