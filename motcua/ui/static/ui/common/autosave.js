// A draft saves itself, says so, and says loudly when it could not; what was typed stays in this browser until the server has it.
const PAUSE = 1500;
const RETRY = [5000, 15000, 60000];

const keep = (form) => {
  const data = new FormData(form);
  data.delete("csrfmiddlewaretoken");
  [...data.entries()].forEach(([name, value]) => value instanceof File && data.delete(name));
  return data;
};

const start = (form) => {
  const url = form.dataset.autosave;
  const place = `draft:${url}`;
  const status = form.querySelector("[data-autosave-status]") || document.querySelector("[data-autosave-status]");
  let timer, failures = 0, dirty = false, leaving = false, version = 0;

  const say = (state, words) => {
    if (!status) return;
    status.dataset.state = state;
    status.setAttribute("role", state === "failed" ? "alert" : "status");
    status.textContent = words;
  };
  const store = () => {
    try { localStorage.setItem(place, JSON.stringify([...keep(form).entries()])); } catch { /* a full or closed store must not stop the saving */ }
  };
  const forget = () => { try { localStorage.removeItem(place); } catch { /* as above */ } };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };
  const fail = (why) => {
    say("failed", `Chưa lưu được – ${why} Những gì bạn gõ vẫn được giữ trong máy này.`);
    later(RETRY[Math.min(failures++, RETRY.length - 1)]);
  };

  async function save() {
    clearTimeout(timer);
    const saving = version;
    const body = keep(form);
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken?.value ?? "");
    let answer;
    try {
      answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "manual" });
    } catch {
      return fail("mất mạng, máy sẽ tự thử lại.");
    }
    if (leaving) return;
    if (answer.type === "opaqueredirect" || answer.status === 403) return fail("phiên đăng nhập đã hết. Hãy đăng nhập lại ở một trang khác rồi quay lại đây.");
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok || !said.saved_at) return fail(said.error || "máy chủ đang bận, máy sẽ tự thử lại.");
    failures = 0;
    if (saving !== version) return later(PAUSE);
    dirty = false;
    forget();
    say("saved", `Đã lưu lúc ${said.saved_at}`);
  }

  const changed = () => {
    version += 1;
    dirty = true;
    store();
    if (status?.dataset.state !== "failed") say("saving", "Đang lưu…");
    later(PAUSE);
  };

  const restore = () => {
    let kept;
    try { kept = JSON.parse(localStorage.getItem(place)); } catch { return; }
    if (!kept) return;
    const values = Map.groupBy ? Map.groupBy(kept, ([name]) => name) : new Map(kept.map((pair) => [pair[0], kept.filter(([name]) => name === pair[0])]));
    for (const field of form.elements) {
      if (!field.name || field.type === "file" || field.type === "hidden" || field.type === "submit") continue;
      const mine = (values.get(field.name) || []).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = mine.includes(field.value);
      else if (field.type === "select-multiple") [...field.options].forEach((option) => { option.selected = mine.includes(option.value); });
      else if (mine.length) field.value = mine[0];
    }
    say("saving", "Đã đưa lại phần lần trước chưa kịp lưu.");
    dirty = true;
    later(0);
  };

  form.addEventListener("input", changed);
  form.addEventListener("change", (event) => event.target.type !== "file" && changed());
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    leaving = true;
    clearTimeout(timer);
    forget();
  });
  window.addEventListener("online", () => dirty && later(0));
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty && !leaving) event.preventDefault(); });
  restore();
};

document.querySelectorAll("form[data-autosave]").forEach(start);
