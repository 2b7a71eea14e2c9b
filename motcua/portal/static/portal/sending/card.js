// The QR code of an identity card by camera or from a photo, where the browser reads such codes; elsewhere one pastes or scans it.
const said = document.documentElement.lang === "en" ? {
  camera: "Use the camera", photo: "Choose a photo of the card", stop: "Stop", aim: "Hold the QR code of the card in the picture.",
  closed: "The camera could not be opened. Please allow this page to use it, or choose a photo of the card.",
  unseen: "No QR code was found in this photo. Please take it closer and straight, or type the fields below.",
} : {
  camera: "Quét bằng máy ảnh", photo: "Chọn ảnh chụp thẻ", stop: "Thôi", aim: "Đưa mã QR trên thẻ vào khung hình.",
  closed: "Không mở được máy ảnh. Hãy cho phép trang này dùng máy ảnh, hoặc chọn ảnh chụp thẻ.",
  unseen: "Không thấy mã QR trong ảnh này. Hãy chụp gần và thẳng hơn, hoặc gõ vào các ô bên dưới.",
};
const place = document.querySelector("[data-card]");
const say = (words) => { document.querySelector("[data-card-said]").textContent = words; };
const formats = place && "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats().catch(() => []) : [];
const reads = formats.includes("qr_code");
const button = (words, act) => {
  const one = document.createElement("button");
  one.type = "button";
  one.className = "button";
  one.textContent = words;
  one.addEventListener("click", act);
  place.append(one);
};
const found = (text) => {
  document.querySelector("[name=card_code]").value = text;
  place.querySelector("[value=read]").click();
};
const seen = async (picture) => {
  const codes = await new BarcodeDetector({ formats: ["qr_code"] }).detect(picture).catch(() => []);
  return codes.find((code) => code.rawValue)?.rawValue;
};

const look = async () => {
  say("");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    return say(said.closed);
  }
  const dialog = document.createElement("dialog");
  dialog.className = "card-camera";
  const video = Object.assign(document.createElement("video"), { playsInline: true, muted: true });
  const stop = Object.assign(document.createElement("button"), { className: "button", textContent: said.stop });
  stop.addEventListener("click", () => dialog.close());
  dialog.append(Object.assign(document.createElement("p"), { textContent: said.aim }), video, stop);
  document.body.append(dialog);
  dialog.addEventListener("close", () => { stream.getTracks().forEach((track) => track.stop()); dialog.remove(); });
  dialog.showModal();
  video.srcObject = stream;
  video.play().catch(() => {}); // until the first picture is there nothing is found
  while (dialog.isConnected) {
    const text = await seen(video);
    if (text && dialog.isConnected) {
      dialog.close();
      return found(text);
    }
    await new Promise((wait) => { setTimeout(wait, 200); });
  }
};

if (reads && navigator.mediaDevices && window.HTMLDialogElement) button(said.camera, look);
if (reads) {
  button(said.photo, () => {
    const chosen = Object.assign(document.createElement("input"), { type: "file", accept: "image/*" });
    chosen.addEventListener("change", async () => {
      const text = chosen.files.length && await seen(await createImageBitmap(chosen.files[0]).catch(() => null));
      if (text) found(text); else say(said.unseen);
    });
    chosen.click();
  });
}
// A scanner ends with Enter: that reads the card, and does not send the page.
document.querySelector("[name=card_code]")?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  place.querySelector("[value=read]").click();
});
