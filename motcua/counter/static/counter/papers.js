// A photographed paper is turned and made larger beside the form or the version it is compared with; both turn together.
const SIZES = 6; // from half to three times the width, in dossier.css
const show = () => document.querySelectorAll("[data-turn], [data-zoom]").forEach((button) => { button.hidden = false; });
show();
document.addEventListener("htmx:load", show);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-turn], [data-zoom]");
  button?.closest("[data-viewer]").querySelectorAll("img").forEach((picture) => {
    if ("turn" in button.dataset) {
      picture.dataset.turned = ((Number(picture.dataset.turned) || 0) + 90) % 360;
    } else {
      const size = Number(picture.dataset.size ?? 1) + Number(button.dataset.zoom);
      picture.dataset.size = Math.min(SIZES, Math.max(0, size));
    }
  });
});

// What is read in one version is read in the other at the same height.
document.addEventListener("scroll", (event) => {
  if (!event.target.closest?.(".comparing .viewer-page")) return;
  document.querySelectorAll(".comparing .viewer-page").forEach((page) => {
    if (page !== event.target) { page.scrollTop = event.target.scrollTop; page.scrollLeft = event.target.scrollLeft; }
  });
}, true);
