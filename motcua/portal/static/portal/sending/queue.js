// Files wait in this browser until the server has them: sent piece by piece, each by itself, again and again until they are there.
const box = document.querySelector("[data-sending]");
const PIECE = { first: 32 * 1024, least: 16 * 1024, most: 1024 * 1024 };
const PATIENCE = 90_000; // for one piece; a line may be as slow as it likes
const PAUSES = [2_000, 5_000, 15_000, 30_000, 60_000];
const KEPT = 14 * 24 * 3600_000;

const said = document.documentElement.lang === "en" ? {
  preparing: "Making the picture smaller…",
  waiting: "Waiting to be sent",
  sending: (part) => `Sending, ${part} %`,
  offline: (part) => `${part} % sent, waiting for a connection`,
  signedOut: (part) => `${part} % sent, waiting for you to sign in`,
  busy: (part) => `${part} % sent, the server is busy, trying again by itself`,
  saved: (at) => (at ? `Saved at ${at}` : "Saved"),
  gone: "Not accepted: this draft is no longer there or is not yours.",
  left: (n) => (n === 1 ? "1 file is not sent yet." : `${n} files are not sent yet.`),
  kept: "It is kept in this phone and goes on by itself when there is a connection.",
  unkept: "This phone has no room to keep it: please stay on this page until it is sent.",
  ended: "You have been signed out. Sign in again on another page; nothing is lost.",
  held: "Not filed yet: first these files are sent, then it is filed by itself.",
  refused: (n) => (n === 1 ? "1 file was not accepted, see below it why." : `${n} files were not accepted, see below them why.`),
  again: "Take again", drop: "Remove", of: (name) => ` ${name}`,
} : {
  preparing: "Đang thu nhỏ ảnh…",
  waiting: "Chờ gửi",
  sending: (part) => `Đang gửi, ${part} %`,
  offline: (part) => `Đã gửi ${part} %, chờ có mạng`,
  signedOut: (part) => `Đã gửi ${part} %, chờ bạn đăng nhập lại`,
  busy: (part) => `Đã gửi ${part} %, máy chủ đang bận, máy sẽ tự thử lại`,
  saved: (at) => (at ? `Đã lưu lúc ${at}` : "Đã lưu"),
  gone: "Không nhận được: bản nháp này không còn, hoặc không phải của bạn.",
  left: (n) => `Còn ${n} tệp chưa gửi xong.`,
  kept: "Tệp được giữ trong máy này và tự gửi tiếp khi có mạng.",
  unkept: "Máy này không còn chỗ để giữ tệp: xin ở lại trang này đến khi gửi xong.",
  ended: "Phiên đăng nhập đã hết. Hãy đăng nhập lại ở một trang khác; không mất gì cả.",
  held: "Chưa gửi đi: máy gửi nốt các tệp này trước, rồi tự gửi tiếp.",
  refused: (n) => `Có ${n} tệp không được nhận, lý do ghi bên dưới tệp.`,
  again: "Chụp lại", drop: "Bỏ", of: (name) => ` ${name}`,
};

// What is kept in this browser -------------------------------------------------------------------------------------
const store = new Promise((resolve) => {
  try {
    const asked = indexedDB.open("motcua-sending", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("files", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
  } catch { resolve(null); } // a browser that keeps nothing sends forms as ever
});
const ask = async (mode, act) => {
  const files = (await store).transaction("files", mode);
  return new Promise((yes, no) => {
    const asked = act(files.objectStore("files"));
    files.oncomplete = () => yes(asked.result);
    files.onabort = files.onerror = () => no(files.error);
  });
};
const FACTS = ["key", "dossier", "paper", "name", "blob", "order", "instead", "begun", "refused"];
const keep = async (item) => {
  try {
    await ask("readwrite", (files) => files.put(Object.fromEntries(FACTS.map((fact) => [fact, item[fact]]))));
    item.unkept = false;
  } catch { item.unkept = true; }
};
const forget = (key) => ask("readwrite", (files) => files.delete(key)).catch(() => {});

// The rows -----------------------------------------------------------------------------------------------------------
let items = [];
const pending = () => items.filter((item) => !item.refused && !item.done).sort((one, other) => one.order - other.order);
const made = (tag, props = {}, ...inside) => {
  const one = Object.assign(document.createElement(tag), props);
  one.append(...inside);
  return one;
};
const part = (item) => (item.blob?.size ? Math.floor((100 * (item.received || 0)) / item.blob.size) : 0);

const row = (item) => {
  const list = document.querySelector(`[data-pages="${item.paper}"]`);
  if (!list) return null;
  let found = list.querySelector(`[data-key="${item.key}"]`);
  if (found) return found;
  found = made("li", { className: "going" });
  found.dataset.key = item.key;
  const hidden = (words) => made("span", { className: "visually-hidden", textContent: said.of(words) });
  const drop = made("button", { type: "button", className: "button button-quiet" }, said.drop, hidden(item.name));
  drop.addEventListener("click", () => discard(item));
  const acts = made("span", { className: "page-acts" }, drop);
  if (box.dataset.camera !== undefined) {
    const again = made("button", { type: "button", className: "button button-quiet" }, said.again, hidden(item.name));
    again.addEventListener("click", () => document.dispatchEvent(new CustomEvent("sending:again", { detail: { paper: item.paper, key: item.key, instead: item.instead } })));
    acts.prepend(again);
  }
  const progress = made("progress", { max: 100, value: 0 });
  progress.setAttribute("aria-label", item.name);
  found.append(made("span", { className: "name" }, made("span", { className: "named" }, item.name), made("b", { className: "state" }), progress), acts);
  const old = item.instead && list.querySelector(`[data-page="${item.instead}"]`);
  if (old) old.after(found); else list.append(found);
  list.closest("details")?.setAttribute("open", "");
  return found;
};
const picture = (item, place) => {
  if (place.querySelector(".thumb") || !item.blob || !/^image\//.test(item.blob.type)) return;
  const thumb = made("img", { className: "thumb", alt: "" });
  thumb.src = URL.createObjectURL(item.blob);
  place.prepend(thumb);
};
const show = (item) => {
  const place = row(item);
  if (!place) return;
  picture(item, place);
  const state = item.state || "waiting";
  const words = item.refused || (typeof said[state] === "function" ? said[state](part(item)) : said[state]);
  place.querySelector(".named").textContent = item.name;
  place.querySelector(".state").textContent = item.refused || item.why || words;
  place.querySelector(".state").className = `state${item.refused ? " error" : ""}`;
  place.querySelector("progress").value = part(item);
  place.querySelector("progress").hidden = !!item.refused;
};
const saved = (item, reply) => {
  const place = row(item);
  if (!place) return;
  if (!reply.row) { // it was there before this page knew: the page is read anew for its buttons
    place.querySelector(".state").textContent = said.saved(reply.saved_at);
    place.querySelector("progress").remove();
    place.querySelector(".page-acts").remove();
    return;
  }
  const template = made("template", { innerHTML: reply.row });
  const fresh = template.content.querySelector("li");
  const list = place.parentElement;
  list.querySelector(`[data-page="${item.instead || 0}"]`)?.remove();
  fresh.querySelector(".name").append(made("b", { className: "state saved", textContent: said.saved(reply.saved_at) }));
  const same = list.querySelector(`[data-page="${reply.file}"]`);
  if (same) place.remove(); // the same page a second time is one page, where it was
  (same || place).replaceWith(fresh);
  picture(item, fresh);
  document.dispatchEvent(new CustomEvent("sending:saved", { detail: fresh }));
};

let told = "", state = "", held = null, arrived = false;
const tell = () => {
  const left = pending(), refused = items.filter((item) => item.refused);
  const words = [];
  if (left.length) {
    words.push(said.left(left.length));
    if (state === "signedOut") words.push(said.ended);
    else words.push(left.some((item) => item.unkept) ? said.unkept : said.kept);
    if (held) words.push(said.held);
  }
  if (refused.length) words.push(said.refused(refused.length));
  const now = words.join(" ");
  if (now === told) return;
  told = now;
  box.className = now ? "unsent notice notice-warning" : "unsent";
  box.replaceChildren(...(now ? [made("p", { textContent: now })] : []));
  if (!now) return;
  // On a page without the rows, what was refused is told here.
  refused.filter((item) => !row(item)).forEach((item) => {
    const drop = made("button", { type: "button", className: "button button-quiet", textContent: said.drop });
    drop.addEventListener("click", () => discard(item));
    box.append(made("p", { className: "error" }, item.refused, " ", drop));
  });
};

// The conversation ---------------------------------------------------------------------------------------------------
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
const call = async (method, address, body, offset, again) => {
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), PATIENCE);
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  if (offset !== undefined) Object.assign(headers, { "Upload-Offset": offset, "Content-Type": "application/octet-stream" });
  let answer, reply;
  try {
    answer = await fetch(address, { method, body, headers, redirect: "manual", credentials: "same-origin", signal: stop.signal });
    reply = await answer.json().catch(() => ({}));
  } catch {
    throw { line: true, state: "offline" };
  } finally { clearTimeout(clock); }
  if (answer.ok || (answer.status === 409 && "received" in reply)) return reply;
  if (reply.token && !again) { // signed in again on another page: go on with the token of now
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = reply.token; });
    return call(method, address, body, offset, true);
  }
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw { line: true, state: "signedOut" };
  if (answer.status === 404) throw method === "POST" ? { refused: said.gone } : { state: "waiting" };
  if ([400, 413, 422].includes(answer.status)) throw { refused: reply.error || said.gone };
  throw { state: "busy", why: reply.error };
};
let size = PIECE.first;
const send = async (item) => {
  const announced = new FormData();
  Object.entries({ key: item.key, name: item.name, size: item.blob.size, instead_of: item.instead || "" }).forEach(([name, value]) => announced.append(name, value));
  let reply = await call("POST", `${box.dataset.at}${item.paper}/`, announced);
  item.begun = true;
  for (;;) {
    item.received = reply.received;
    item.state = "sending";
    item.why = "";
    show(item);
    if (reply.saved) return reply;
    if (item.dropped) throw { state: "waiting" };
    const began = Date.now();
    try {
      reply = await call("PATCH", `${box.dataset.at}${item.key}/`, item.blob.slice(item.received, item.received + size), item.received);
    } catch (stop) {
      if (stop.line) size = Math.max(PIECE.least, size / 2);
      throw stop;
    }
    if (Date.now() - began < 3_000) size = Math.min(PIECE.most, size * 2);
  }
};

let running = false, failures = 0, timer;
const run = async () => {
  clearTimeout(timer);
  if (running) return;
  running = true;
  state = "";
  const tried = new Set();
  let item, later = false;
  // One after the other, so that a page is there early; one that fails by itself is passed over and tried again later.
  while ((item = pending().find((one) => one.blob && !tried.has(one)))) {
    tried.add(item);
    try {
      const there = item.unkept || (await ask("readonly", (files) => files.get(item.key)).catch(() => item));
      if (item.dropped) continue;
      if (!there) {
        item.done = true; // another page of this browser has sent it meanwhile
        saved(item, {});
        arrived = true;
        continue;
      }
      const reply = await send(item);
      item.done = true;
      arrived = true;
      failures = 0;
      await forget(item.key);
      saved(item, reply);
    } catch (stop) {
      if (item.dropped) continue;
      if (!("state" in stop || "refused" in stop)) throw stop;
      if (stop.refused) {
        Object.assign(item, { refused: stop.refused, blob: null });
        await keep(item);
      } else {
        Object.assign(item, { state: stop.state, why: stop.why });
        later = true;
      }
      show(item);
      if (stop.line) { // no line, or nobody signed in: the others have none either
        state = stop.state;
        pending().filter((one) => one.blob).forEach((one) => { one.state = stop.state; show(one); });
        break;
      }
    }
    tell();
  }
  running = false;
  tell();
  if (later) timer = setTimeout(start, PAUSES[Math.min(failures++, PAUSES.length - 1)]);
  else if (pending().some((one) => one.blob)) start();
  else if (!pending().length) ended();
};
// Of several pages of this browser one sends.
const start = () => (navigator.locks ? navigator.locks.request("motcua-sending", run) : run());

const ended = () => {
  if (held && !items.some((item) => item.refused)) {
    const { button } = held;
    held = null;
    return button.click();
  }
  held = null;
  // The check is made anew with what has come.
  if (arrived && box.dataset.holds === "check") { leaving = true; location.reload(); }
};

async function discard(item) {
  item.dropped = true;
  items = items.filter((one) => one !== item);
  row(item)?.remove();
  tell();
  await forget(item.key);
  if (item.begun) {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token());
    fetch(`${box.dataset.at}${item.key}/bo/`, { method: "POST", body, redirect: "manual", credentials: "same-origin" }).catch(() => {});
  }
}

// What comes from the page -------------------------------------------------------------------------------------------
const uuid = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};
let last = 0;
document.addEventListener("sending:add", async ({ detail }) => {
  const before = items.find((item) => item.key === detail.key);
  last = Math.max(last + 1, Date.now());
  const item = { key: uuid(), dossier: box.dataset.sending, paper: detail.paper, name: detail.name, instead: detail.instead, order: before?.order ?? last, state: "preparing" };
  items.push(item);
  show(item);
  if (before) discard(before);
  tell();
  const { blob, name, refused } = await detail.ready;
  Object.assign(item, { blob, name: name || item.name, refused, state: "waiting" });
  if (!refused) await keep(item);
  if (item.dropped) return forget(item.key);
  show(item);
  tell();
  start();
});

let leaving = false;
const FURTHER = /\/(giay-to|nhan-ket-qua|kiem-tra)\/$/; // the pages on which the sending goes on
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  leaving = !!link && link.pathname.includes(box.dataset.sending) && FURTHER.test(link.pathname);
});
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const last = { check: true, answer: button?.name === "send" }[box.dataset.holds];
  const holds = last && !document.querySelector("#without:checked");
  if (event.target.closest("main") && pending().length && (holds || pending().some((item) => item.unkept))) {
    event.preventDefault();
    event.stopImmediatePropagation();
    delete event.target.dataset.sent;
    held = button && { button };
    tell();
    box.scrollIntoView({ block: "center" });
    return start();
  }
  leaving = !!event.target.closest("main");
}, true);
window.addEventListener("beforeunload", (event) => {
  if (!pending().length || leaving) return;
  event.preventDefault();
  event.returnValue = "";
});
window.addEventListener("pageshow", () => { leaving = false; });
const awake = () => { failures = 0; if (pending().length) start(); };
window.addEventListener("online", awake);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && awake());

(async () => {
  if (!box || !(await store) || !window.AbortController) return;
  let kept = [];
  try { kept = await ask("readonly", (files) => files.getAll()); } catch { return; }
  kept.filter((item) => item.order < Date.now() - KEPT).forEach((item) => forget(item.key));
  items = kept.filter((item) => item.dossier === box.dataset.sending && item.order >= Date.now() - KEPT).sort((one, other) => one.order - other.order);
  items.forEach((item) => {
    document.querySelector(`[data-upload="${item.key}"]`)?.remove(); // told here, with how far it is now
    show(item);
  });
  tell();
  box.dataset.ready = "";
  document.dispatchEvent(new Event("sending:ready"));
  if (pending().length) start();
})();
