// A password can be looked at before it is sent: typing blind on a small keyboard is where most mistakes are made.
const words = document.documentElement.lang === "en" ? ["Show", "Hide", "Show the password"] : ["Hiện", "Ẩn", "Hiện mật khẩu"];
document.querySelectorAll("[data-reveal]").forEach((input) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = words[0];
  button.setAttribute("aria-label", words[2]);
  button.setAttribute("aria-pressed", "false");
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = words[shown ? 1 : 0];
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form.addEventListener("submit", () => show(false));
  input.after(button);
});
