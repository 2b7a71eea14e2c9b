// The camera reads the QR code of a card where the browser can; elsewhere its button stays hidden, and a scanner or fingers do.
const formats = "BarcodeDetector" in window && navigator.mediaDevices ? await BarcodeDetector.getSupportedFormats().catch(() => []) : [];
const show = () => { const button = document.querySelector("[data-camera]"); if (button) button.hidden = !formats.includes("qr_code"); };
show();
document.addEventListener("htmx:load", show);

const say = (words) => { document.querySelector(".scan-said").textContent = words; };

const look = async () => {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    say("Không mở được máy ảnh. Hãy cho phép trang này dùng máy ảnh, hoặc dùng máy quét, gõ số giấy tờ.");
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.className = "camera";
  dialog.innerHTML = '<p>Đưa mã QR trên thẻ vào khung hình. <kbd>Esc</kbd> để thôi.</p><video playsinline muted></video><form method="dialog"><button class="button">Thôi</button></form>';
  document.body.append(dialog);
  const video = dialog.querySelector("video");
  dialog.addEventListener("close", () => { stream.getTracks().forEach((track) => track.stop()); dialog.remove(); });
  dialog.showModal();
  video.srcObject = stream;
  video.play().catch(() => {}); // until the first picture is there nothing is found
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  while (dialog.isConnected) {
    const [found] = await detector.detect(video).catch(() => []);
    if (found?.rawValue && dialog.isConnected) {
      dialog.close();
      document.querySelector("[name=qr]").value = found.rawValue;
      document.querySelector("[data-read]").click();
      return;
    }
    await new Promise((wait) => { setTimeout(wait, 150); });
  }
};

document.addEventListener("click", (event) => { if (event.target.closest("[data-camera]")) look(); });
