// A request that came to nothing is said aloud; nobody thinks a click was saved when it was not.
const live = document.querySelector("#live");
const say = (words) => {
  if (!live) return;
  const notice = document.createElement("div");
  notice.className = "notice notice-error";
  notice.textContent = words;
  live.replaceChildren(notice);
  live.scrollIntoView({ block: "nearest" });
};
document.addEventListener("htmx:sendError", () => say("Mất kết nối với máy chủ. Việc vừa làm chưa được lưu; nội dung đã nhập vẫn còn, hãy thử lại."));
// Signed out meanwhile: the page stays as it is, and after a new sign-in on another page the same button sends it.
const signedOut = () => {
  say("Phiên đăng nhập đã hết, việc vừa làm chưa được lưu. Nội dung đã nhập vẫn còn ở trang này: ");
  const link = Object.assign(document.createElement("a"), { href: "/dang-nhap/", target: "_blank", rel: "noopener", textContent: "đăng nhập ở một trang mới" });
  live?.firstChild.append(link, ", rồi quay lại đây bấm lần nữa.");
};
const takeNewToken = (token) => {
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
  say("Bạn đã đăng nhập lại sau khi mở trang này, nên chưa gửi gì. Nội dung đã nhập vẫn còn; hãy bấm lần nữa.");
};
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const { status } = xhr;
  const token = xhr.getResponseHeader("X-New-Token");
  if (status === 401) return signedOut();
  if (token) return takeNewToken(token);
  return say(status === 403 || status === 404
    ? "Bạn không còn được giao việc này hoặc hồ sơ đã chuyển nơi khác. Việc vừa làm chưa được lưu; hãy tải lại trang."
    : "Máy chủ gặp lỗi. Việc vừa làm chưa được lưu; nội dung đã nhập vẫn còn, hãy thử lại sau ít phút.");
});
document.addEventListener("htmx:beforeRequest", () => live?.replaceChildren());
