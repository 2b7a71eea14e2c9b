// Files: what was chosen is listed with its size, what is too big is told before it is sent, and sending shows how far it is.
const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1).replace(".", ",")} MB`);
const said = document.documentElement.lang === "en" ? {
  over: (limit) => `, over ${limit}`,
  tooBig: (name, limit) => `“${name}” is larger than ${limit}. Take a smaller picture or divide it into several files.`,
  sending: "Sending files",
  offline: "Not sent: no connection. The files you chose are still here, please send again.",
  refused: "The server refused the file because it is too large.",
  failed: "Not sent: a fault on the server. The files are still here, please try again later.",
} : {
  over: (limit) => `, quá ${limit}`,
  tooBig: (name, limit) => `Tệp “${name}” lớn hơn ${limit}. Hãy chụp lại nhỏ hơn hoặc chia thành nhiều tệp.`,
  sending: "Đang gửi tệp",
  offline: "Chưa gửi được vì mất mạng. Tệp bạn chọn vẫn còn ở đây, hãy bấm gửi lại.",
  refused: "Máy chủ không nhận vì tệp quá lớn.",
  failed: "Chưa gửi được do lỗi ở máy chủ. Tệp vẫn còn ở đây, hãy thử lại sau ít phút.",
};
const sheet = (input) => {
  let list = input.parentElement.querySelector(".files");
  if (!list) {
    list = document.createElement("ul");
    list.className = "files";
    const told = document.createElement("div");
    told.setAttribute("role", "status");
    told.append(list);
    input.after(told);
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
      weight.textContent += said.over(size(limit));
    }
    return row;
  }));
  input.setCustomValidity(tooBig.length ? said.tooBig(tooBig[0], size(limit)) : "");
  if (tooBig.length) input.reportValidity();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const input = [...form.querySelectorAll("[type=file][data-limit]")].find((one) => one.files.length);
  if (!input || event.defaultPrevented || form.hasAttribute("hx-post")) return;
  event.preventDefault();
  const near = event.submitter?.closest("main [id]")?.id;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", said.sending);
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
  sending.addEventListener("error", () => failed(said.offline));
  sending.addEventListener("load", () => {
    if (sending.status < 400) {
      // The answer comes without its fragment: on the same page one stays where one pressed.
      if (sending.responseURL !== location.href.split("#")[0]) return location.assign(sending.responseURL);
      if (near) location.hash = near;
      location.reload();
    } else if (sending.status === 422) {
      document.querySelector("main").replaceWith(new DOMParser().parseFromString(sending.responseText, "text/html").querySelector("main"));
      document.dispatchEvent(new Event("ui:load"));
    } else failed(sending.status === 413 ? said.refused : said.failed);
  });
  sending.send(new FormData(form, event.submitter));
});
