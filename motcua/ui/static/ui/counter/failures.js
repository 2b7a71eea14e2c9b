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
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  say(status === 403 || status === 404
    ? "Bạn không còn được giao việc này hoặc hồ sơ đã chuyển nơi khác. Việc vừa làm chưa được lưu; hãy tải lại trang."
    : "Máy chủ gặp lỗi. Việc vừa làm chưa được lưu; nội dung đã nhập vẫn còn, hãy thử lại sau ít phút.");
});
document.addEventListener("htmx:beforeRequest", () => live?.replaceChildren());
