// Files: what was chosen is listed with its size, what is too big is told before it is sent, and sending shows how far it is.
const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1).replace(".", ",")} MB`);
const sheet = (input) => {
  let list = input.parentElement.querySelector(".files");
  if (!list) {
    list = document.createElement("ul");
    list.className = "files";
    list.setAttribute("role", "status");
    input.after(list);
  }
  return list;
};

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("[type=file][data-limit]")) return;
  const limit = Number(input.dataset.limit);
  const tooBig = [];
  sheet(input).replaceChildren(...[...input.files].map((file) => {
    const row = document.createElement("li");
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = file.name;
    const weight = document.createElement("span");
    weight.textContent = size(file.size);
    row.append(name, weight);
    if (file.size > limit) {
      tooBig.push(file.name);
      weight.className = "error";
      weight.textContent += `, quá ${size(limit)}`;
    }
    return row;
  }));
  input.setCustomValidity(tooBig.length ? `Tệp “${tooBig[0]}” lớn hơn ${size(limit)}. Hãy chụp lại nhỏ hơn hoặc chia thành nhiều tệp.` : "");
  if (tooBig.length) input.reportValidity();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const input = [...form.querySelectorAll("[type=file][data-limit]")].find((one) => one.files.length);
  if (!input || event.defaultPrevented || form.hasAttribute("hx-post")) return;
  event.preventDefault();
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", "Đang gửi tệp");
  input.parentElement.append(bar);
  const failed = (why) => {
    bar.remove();
    delete form.dataset.sent;
    input.setAttribute("aria-invalid", "true");
    const row = document.createElement("li");
    row.className = "error";
    row.textContent = why;
    sheet(input).append(row);
  };
  const sending = new XMLHttpRequest();
  sending.open(form.method, event.submitter?.formAction || form.action);
  sending.upload.addEventListener("progress", (step) => { bar.value = step.loaded / step.total; });
  sending.addEventListener("error", () => failed("Chưa gửi được vì mất mạng. Tệp bạn chọn vẫn còn ở đây, hãy bấm gửi lại."));
  sending.addEventListener("load", () => {
    if (sending.status < 400) {
      location.assign(sending.responseURL);
      if (sending.responseURL.split("#")[0] === location.href.split("#")[0]) location.reload();
    } else if (sending.status === 422) {
      document.querySelector("main").replaceWith(new DOMParser().parseFromString(sending.responseText, "text/html").querySelector("main"));
      document.querySelector("[data-focus]")?.focus();
    } else failed(sending.status === 413 ? "Máy chủ không nhận vì tệp quá lớn." : "Chưa gửi được do lỗi ở máy chủ. Tệp vẫn còn ở đây, hãy thử lại sau ít phút.");
  });
  sending.send(new FormData(form, event.submitter));
});
