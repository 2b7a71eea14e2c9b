// After a refused form the reader starts at the list of errors, also when htmx put it there.
const look = () => document.querySelector("[data-focus]")?.focus();
look();
document.addEventListener("htmx:afterSettle", look);
document.addEventListener("ui:load", look);
