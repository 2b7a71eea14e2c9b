// A photo of a page is made small and upright before it is sent; what this browser cannot open is sent as it is.
const LONG = 2000, MOST = 400 * 1024; // a page of text stays legible
const SHORTEST = 1200;
const PIXELS = 80_000_000; // more than any telephone takes: not opened here

const said = document.documentElement.lang === "en" ? {
  photo: "Take a photo", again: "Take again", of: (name) => `: ${name}`,
  heic: (name) => `“${name}” is a HEIC picture, which this office cannot open. Press “Take a photo” here, or set your camera to JPEG (“Most compatible”) and choose again.`,
  type: (name, kinds) => `“${name}” is not of a kind that is accepted (${kinds}), so it is not sent. Please choose another file.`,
  big: (name, limit) => `“${name}” is larger than ${limit}, so it is not sent. Take a photo of each page, or divide it into several files.`,
  page: (n) => `page-${n}.jpg`,
} : {
  photo: "Chụp ảnh", again: "Chụp lại", of: (name) => `: ${name}`,
  heic: (name) => `“${name}” là ảnh HEIC, cơ quan chưa mở được nên chưa gửi. Bạn bấm “Chụp ảnh” ở đây, hoặc chọn định dạng JPEG (“Tương thích nhất”) trong cài đặt máy ảnh rồi chọn lại.`,
  type: (name, kinds) => `Tệp “${name}” không thuộc loại được nhận (${kinds}) nên chưa gửi. Xin chọn tệp khác.`,
  big: (name, limit) => `Tệp “${name}” lớn hơn ${limit} nên chưa gửi. Bạn chụp ảnh từng trang, hoặc chia thành nhiều tệp.`,
  page: (n) => `trang-${n}.jpg`,
};

const opened = (file) => new Promise((yes, no) => {
  const image = new Image();
  image.onload = () => yes(image);
  image.onerror = no;
  image.src = URL.createObjectURL(file);
});
const drawn = (image, scale) => {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  const paper = canvas.getContext("2d");
  paper.fillStyle = "#fff";
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.imageSmoothingQuality = "high";
  paper.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
};
const written = (canvas, quality) => new Promise((yes) => { canvas.toBlob(yes, "image/jpeg", quality); });

async function shrunk(file) {
  // A browser that does not turn pictures by itself leaves that to whoever opens the original.
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !CSS.supports("image-orientation", "from-image")) return file;
  let image;
  try {
    image = await opened(file);
    const long = Math.max(image.naturalWidth, image.naturalHeight);
    if (image.naturalWidth * image.naturalHeight > PIXELS || (long <= LONG && file.size <= MOST)) return file;
    let small = null;
    for (let scale = Math.min(1, LONG / long); !small || (small.size > MOST && long * scale >= SHORTEST); scale *= 0.8) {
      const canvas = drawn(image, scale);
      for (const quality of [0.82, 0.7, 0.6, 0.5]) {
        small = await written(canvas, quality);
        if (!small || small.size <= MOST) break;
      }
      canvas.width = canvas.height = 0; // old telephones give the memory back only so
      if (!small) return file;
    }
    return small.size < file.size ? small : file;
  } catch {
    return file;
  } finally {
    if (image) URL.revokeObjectURL(image.src);
  }
}

const size = (bytes) => `${Math.round(bytes / 1048576)} MB`;
const ending = (name) => (/\.([^.]+)$/.exec(name) || ["", ""])[1].toLowerCase();
let before = Promise.resolve(); // one picture at a time: each takes dozens of megabytes while it is open
const prepared = (file, name, kinds, limit) => {
  const taken = async () => {
    const kind = ending(file.name);
    const blob = await shrunk(file);
    // What became a JPEG may have been of any kind this browser opens.
    if (blob === file && /^hei[cf]$/.test(kind)) return { refused: said.heic(file.name) };
    if (blob === file && kind && !kinds.includes(`.${kind}`)) return { refused: said.type(file.name, kinds.map((one) => one.slice(1).toUpperCase()).join(", ")) };
    if (blob.size > limit) return { refused: said.big(file.name, size(limit)) };
    return { blob, name: blob === file ? name : `${name.replace(/\.[^.]*$/, "")}.jpg` };
  };
  before = before.then(taken, taken);
  return before;
};

const camera = matchMedia("(pointer: coarse)").matches;
const inputs = new Map();
const enhance = (input) => {
  const paper = input.name.replace("paper-", "");
  const kinds = input.accept.split(",");
  const field = input.closest(".field");
  const label = field.querySelector("label");
  const about = input.closest("li").querySelector("h2")?.textContent ?? "";
  let next = {};
  const open = (photo, more = {}) => {
    next = { photo, ...more };
    input.accept = photo ? "image/jpeg" : kinds.join(",");
    input.multiple = !more.key && !more.instead;
    if (photo) input.setAttribute("capture", "environment"); else input.removeAttribute("capture");
    input.click();
  };
  inputs.set(paper, open);
  const button = (words, photo) => {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "button";
    one.textContent = words;
    one.setAttribute("aria-label", `${words}${said.of(about)}`);
    one.addEventListener("click", () => open(photo));
    return one;
  };
  const buttons = document.createElement("div");
  buttons.className = "take";
  buttons.append(...(camera ? [button(said.photo, true)] : []), button(label.textContent, false));
  field.classList.add("taking");
  field.querySelector(".upload").before(buttons);
  input.addEventListener("input", (event) => event.stopPropagation()); // nothing was typed
  input.addEventListener("change", (event) => {
    event.stopPropagation();
    const list = document.querySelector(`[data-pages="${paper}"]`);
    const pages = list.children.length;
    [...input.files].forEach((file, number) => {
      // A camera calls every picture the same.
      const name = next.photo || /^(image|photo|img)\.jpe?g$/i.test(file.name) ? said.page(pages + number + 1) : file.name;
      const { key, instead } = next;
      document.dispatchEvent(new CustomEvent("sending:add", { detail: { paper, name, key, instead, ready: prepared(file, name, kinds, Number(input.dataset.limit)) } }));
    });
    input.value = "";
    next = {};
  });
};

// A page that is there may be taken anew.
const renewable = (row) => {
  const paper = row.closest("[data-pages]")?.dataset.pages;
  if (!camera || !inputs.has(paper) || row.querySelector(".again")) return;
  const again = document.createElement("button");
  again.type = "button";
  again.className = "button button-quiet again";
  again.textContent = said.again;
  again.setAttribute("aria-label", `${said.again}${said.of(row.querySelector("a").textContent)}`);
  again.addEventListener("click", () => inputs.get(paper)(true, { instead: row.dataset.page }));
  row.querySelector(".page-acts").prepend(again);
};

const box = document.querySelector("[data-sending]");
const begin = () => {
  if (camera) box.dataset.camera = "";
  document.querySelectorAll(".papers [type=file][data-limit]").forEach(enhance);
  document.querySelectorAll("[data-pages] > [data-page]").forEach(renewable);
};
document.addEventListener("sending:saved", ({ detail }) => renewable(detail));
document.addEventListener("sending:again", ({ detail }) => inputs.get(String(detail.paper))?.(true, detail));
if (box && "ready" in box.dataset) begin(); else document.addEventListener("sending:ready", begin, { once: true });
