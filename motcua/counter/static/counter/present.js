// While the page is open and looked at, say so every 45 seconds and tell who else is there; a silence of the network is no error.
const line = document.querySelector("[data-present]");
const ask = async () => {
  if (document.hidden) return;
  const answer = await fetch(line.dataset.present, { headers: { Accept: "application/json" }, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const { present } = await answer.json();
  const words = present.length ? `${present.join(", ")} đang mở hồ sơ này` : "";
  if (line.textContent.trim() !== words) line.textContent = words;
};
if (line) setInterval(ask, 45_000);
