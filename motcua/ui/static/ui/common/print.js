// Print buttons; the receipt prints by itself once when it has been made.
document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
document.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
if (document.querySelector("[data-print-auto]")) window.addEventListener("load", () => window.print());
