// A form is sent one time, however often the button is pressed on a slow line.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("once" in form.dataset)) return;
  if ("sent" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "";
}, true);
const again = (form) => { delete form.dataset.sent; };
document.addEventListener("htmx:afterRequest", (event) => event.target.matches("form") && again(event.target));
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(again));
