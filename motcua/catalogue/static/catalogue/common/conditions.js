// A question asked only after certain answers appears with them; without this module its condition stands beside it in words.
const given = (form, name) => [...form.elements]
  .filter((field) => field.name === name && !field.closest("[hidden]") && (!["radio", "checkbox"].includes(field.type) || field.checked))
  .map((field) => field.value);
const ask = (form) => form.querySelectorAll("[data-only-if]").forEach((question) => {
  const wanted = Object.entries(JSON.parse(question.dataset.onlyIf));
  question.hidden = !wanted.every(([name, values]) => given(form, name).some((value) => values.includes(value)));
});
const start = () => document.querySelectorAll("form:has([data-only-if])").forEach((form) => {
  form.querySelectorAll("[data-told]").forEach((told) => { told.hidden = true; });
  ask(form);
});
document.addEventListener("change", (event) => event.target.form?.querySelector("[data-only-if]") && ask(event.target.form));
document.addEventListener("htmx:load", start);
document.addEventListener("ui:load", start);
start();
