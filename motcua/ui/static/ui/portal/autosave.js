// A draft saves itself, says so, and says loudly when it could not; what was typed stays in this browser until the server has it.
const SEEN = "da-doc"; // what this page has seen of the draft; it goes and comes back with what was typed
const PAUSE = 1500;
const RETRY = [5000, 15000, 60000];

const said = document.documentElement.lang === "en" ? {
  saving: "Saving…",
  saved: (at) => `Saved at ${at}`,
  failed: (why) => `Not saved: ${why} What you typed is kept in this browser.`,
  offline: "no connection, trying again by itself.",
  signedOut: "you have been signed out. Sign in again on another page, then come back here.",
  busy: "the server is busy, trying again by itself.",
  restored: "What could not be saved last time is back.",
} : {
  saving: "Đang lưu…",
  saved: (at) => `Đã lưu lúc ${at}`,
  failed: (why) => `Chưa lưu được – ${why} Những gì bạn gõ vẫn được giữ trong máy này.`,
  offline: "mất mạng, máy sẽ tự thử lại.",
  signedOut: "phiên đăng nhập đã hết. Hãy đăng nhập lại ở một trang khác rồi quay lại đây.",
  busy: "máy chủ đang bận, máy sẽ tự thử lại.",
  restored: "Đã đưa lại phần lần trước chưa kịp lưu.",
};

const keep = (form) => {
  const data = new FormData(form);
  data.delete("csrfmiddlewaretoken");
  [...data.entries()].forEach(([name, value]) => value instanceof File && data.delete(name));
  return data;
};

const all = (entries, wanted) => JSON.stringify(entries.filter(([name]) => name === wanted).map(([, value]) => value));
// Which opening of the page it was: the answer to what it sent bears the same mark.
const page = (entries) => {
  try { return JSON.parse(entries.find(([name]) => name === SEEN)[1])[""]; } catch { return undefined; }
};

const start = (form) => {
  const url = form.dataset.autosave;
  const place = `draft:${url}`;
  const status = form.querySelector("[data-autosave-status]") || document.querySelector("[data-autosave-status]");
  let base = [...keep(form).entries()]; // what the server has: only what differs from it was typed here
  let timer, failures = 0, dirty = false, leaving = false, again = false, version = 0;

  const say = (state, words) => {
    if (!status) return;
    status.dataset.state = state;
    status.setAttribute("role", state === "failed" ? "alert" : "status");
    status.textContent = words;
  };
  const store = (sent = false) => {
    try { localStorage.setItem(place, JSON.stringify({ sent, base, values: [...keep(form).entries()] })); } catch { /* a full or closed store must not stop the saving */ }
  };
  const forget = () => { try { localStorage.removeItem(place); } catch { /* as above */ } };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };
  const fail = (why, ended) => {
    say("failed", said.failed(why));
    if (!ended) later(RETRY[Math.min(failures++, RETRY.length - 1)]);
  };

  async function save() {
    clearTimeout(timer);
    const saving = version;
    const body = keep(form);
    const sent = [...body.entries()];
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken?.value ?? "");
    let answer;
    try {
      answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
    } catch {
      return fail(said.offline);
    }
    if (leaving) return;
    const reply = await answer.json().catch(() => ({}));
    if (reply.seen && form.elements[SEEN]) form.elements[SEEN].value = reply.seen;
    if (reply.token && !again) {
      // Signed in again on another page: go on with the token of now.
      again = true;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = reply.token; });
      return later(0);
    }
    if (answer.type === "opaqueredirect" || answer.status === 403) return fail(said.signedOut);
    if (!answer.ok || !reply.saved_at) return fail(reply.error || said.busy, reply.ended);
    failures = 0;
    again = false;
    if (saving !== version) return later(PAUSE);
    // What the server could not take stays in this browser.
    if (reply.except) return say("partly", `${said.saved(reply.saved_at)}. ${reply.except}.`);
    dirty = false;
    base = sent;
    forget();
    say("saved", said.saved(reply.saved_at));
  }

  const changed = () => {
    version += 1;
    dirty = true;
    leaving = false;
    store();
    if (status?.dataset.state !== "failed") say("saving", said.saving);
    later(PAUSE);
  };

  const restore = () => {
    let kept;
    try { kept = JSON.parse(localStorage.getItem(place)); } catch { /* a closed store has nothing to give back */ }
    if (!kept) return;
    const shown = base;
    base = kept.base || [];
    const touched = new Set([...kept.values, ...base].map(([name]) => name).filter((name) => {
      const typed = all(kept.values, name);
      return name !== SEEN && typed !== all(base, name) && typed !== all(shown, name);
    }));
    // The answer to what was sent shows all of it and what the server has filled in besides; and what nobody typed here is as the server has it.
    const answered = kept.sent && page(kept.values) && page(kept.values) === page(shown);
    if (!answered && !touched.size) base = shown;
    if (answered || !touched.size) return changed();
    touched.add(SEEN);
    for (const field of form.elements) {
      if (!touched.has(field.name) || field.type === "file" || (field.type === "hidden" && field.name !== SEEN) || field.type === "submit") continue;
      const mine = kept.values.filter(([name]) => name === field.name).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = mine.includes(field.value);
      else if (field.type === "select-multiple") [...field.options].forEach((option) => { option.selected = mine.includes(option.value); });
      else if (mine.length) field.value = mine[0];
    }
    say("saving", said.restored);
    dirty = true;
    later(0);
  };

  form.addEventListener("input", changed);
  form.addEventListener("change", (event) => event.target.type !== "file" && changed());
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    clearTimeout(timer);
    store(true);
  });
  window.addEventListener("online", () => dirty && !leaving && later(0));
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty && !leaving) event.preventDefault(); });
  restore();
};

// What was sent is kept until another page proves that it arrived; a form that comes back gets it again.
const tidy = () => {
  const here = [...document.querySelectorAll("form[data-autosave]")].map((form) => `draft:${form.dataset.autosave}`);
  try {
    Object.keys(localStorage).filter((place) => place.startsWith("draft:") && !here.includes(place)).forEach((place) => {
      if (JSON.parse(localStorage.getItem(place)).sent) localStorage.removeItem(place);
    });
  } catch { /* a closed store has nothing to tidy */ }
};
const begin = () => {
  tidy();
  document.querySelectorAll("form[data-autosave]:not([data-watched])").forEach((form) => {
    form.dataset.watched = "";
    start(form);
  });
};
begin();
document.addEventListener("htmx:load", begin);
document.addEventListener("ui:load", begin);
