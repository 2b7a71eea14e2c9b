// Print buttons; the receipt prints by itself once when it has been made.
const show = () => document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
show();
document.addEventListener("htmx:load", show);
document.addEventListener("ui:load", show);
document.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
if (document.querySelector("[data-print-auto]")) window.addEventListener("load", () => window.print());
