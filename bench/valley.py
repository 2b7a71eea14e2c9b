"""An old phone in a valley: somebody files a simple procedure with one photo over 2G, in a real browser (50 kbit/s, 800 ms, CPU six times slower).

Waiting is the time from an action to the next page one can use (its content, style and scripts are there), summed; the time of
reading and typing is not. The test of the portal walks the same way without the slow line and counts bytes and requests.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, sync_playwright

from bench.place import Place
from bench.report import commit, machine

CHROMIUM = "/usr/bin/chromium"
BITS, ROUND_TRIP, SLOWER = 50_000, 800, 6
BAR = 180  # seconds of waiting in all
PHONE: ViewportSize = {"width": 360, "height": 640}
PHOTO = {"width": 4000, "height": 3000, "quality": 0.9}
PAPERS = [{"key": "chung_sinh", "name": "Giấy chứng sinh", "originals": 1, "required": True}]


@dataclass
class Leg:
    """One action and the page it leads to."""

    name: str
    waited: float = 0.0
    requests: int = 0
    received: int = 0
    sent: int = 0


@dataclass
class Meter:
    """Counts what goes over the line, as the browser's network tells it; what comes from its cache costs nothing."""

    line: CDPSession
    besides: str = "data:"  # what an address holds that is not counted
    legs: list[Leg] = field(default_factory=list)
    cached: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.legs.append(Leg("before"))
        self.line.on("Network.requestServedFromCache", lambda told: self.cached.add(told["requestId"]))
        self.line.on("Network.requestWillBeSent", self._redirected)
        self.line.on("Network.requestWillBeSentExtraInfo", self._sent)
        self.line.on("Network.loadingFinished", self._received)
        self.line.send("Network.enable")

    @contextmanager
    def leg(self, name: str, page: Page) -> Iterator[None]:
        leg = Leg(name)
        self.legs.append(leg)
        began = time.perf_counter()
        yield
        page.wait_for_load_state("domcontentloaded")
        leg.waited = time.perf_counter() - began
        page.wait_for_load_state("load")

    def _redirected(self, told: dict[str, Any]) -> None:
        if self.besides in told["request"]["url"]:
            self.cached.add(told["requestId"])
        if before := told.get("redirectResponse"):
            self._count(before["encodedDataLength"])

    def _sent(self, told: dict[str, Any]) -> None:
        if told["requestId"] in self.cached:
            return
        heads = {name.lower(): value for name, value in told["headers"].items()}
        self.legs[-1].sent += sum(len(name) + len(value) + 4 for name, value in heads.items())
        self.legs[-1].sent += int(heads.get("content-length", 0))

    def _received(self, told: dict[str, Any]) -> None:
        if told["requestId"] not in self.cached and told["encodedDataLength"]:
            self._count(told["encodedDataLength"])

    def _count(self, received: float) -> None:
        self.legs[-1].requests += 1
        self.legs[-1].received += round(received)


def walk(
    page: Page, leg: Callable[[str], AbstractContextManager[None]], *, phone: str, password: str, photo: Path
) -> None:
    """From the first page to the code of the dossier, the way somebody takes who has an account and is not signed in."""
    go_on = page.get_by_role("button", name="Lưu và tiếp tục")
    with leg("first page"):
        page.goto("/")
    page.get_by_label("Bạn cần làm thủ tục gì?").fill("khai sinh")
    with leg("search"):
        page.get_by_role("button", name="Tìm").click()
        page.wait_for_url("**/tim-kiem/**", wait_until="commit")
    with leg("procedure"):
        page.get_by_role("main").get_by_role("link", name="Đăng ký khai sinh").first.click()
        page.wait_for_url("**/thu-tuc/*/", wait_until="commit")
    with leg("to sign in"):
        page.get_by_role("main").get_by_role("button", name="Nộp hồ sơ").click()
        page.wait_for_url("**/dang-nhap/**", wait_until="commit")
    page.locator("#id_login").fill(phone)
    page.locator("#id_password").fill(password)
    with leg("signed in, begin"):
        page.get_by_role("main").get_by_role("button", name="Đăng nhập").click()
        page.wait_for_url("**/nop/**", wait_until="commit")
    with leg("whose it is"):
        page.get_by_role("button", name="Bắt đầu").click()
        page.wait_for_url("**/cua-ai/", wait_until="commit")
    with leg("owner"):
        go_on.click()
        page.wait_for_url("**/chu-ho-so/", wait_until="commit")
    page.locator("#id_address").fill("Thôn Khuổi Phát, xã Hùng Đức")
    with leg("form"):
        go_on.click()
        page.wait_for_url("**/noi-dung/", wait_until="commit")
    page.locator("#id_ten_con").fill("Lý Gia Bảo")
    page.locator("#id_ngay_sinh").fill("2023-10-01")
    page.get_by_label("Không", exact=True).check()
    with leg("papers"):
        go_on.click()
        page.wait_for_url("**/giay-to/", wait_until="commit")
    with leg("photo sent, where the result goes"):
        page.locator("input[type=file]").first.set_input_files(photo)
        go_on.click()
        page.wait_for_url("**/nhan-ket-qua/", wait_until="commit")
    with leg("check"):
        go_on.click()
        page.wait_for_url("**/kiem-tra/", wait_until="commit")
    with leg("filed, the code"):
        page.get_by_role("button", name="Nộp hồ sơ").click()
        page.wait_for_url("**/da-nop/", wait_until="commit")


def a_photo(browser: Browser, where: Path, **size: Any) -> Path:
    """A sheet of paper on a table as a camera of twelve million points writes it: text, shadow and grain, drawn by the browser."""
    page = browser.new_page()
    drawn = page.evaluate(DRAW, PHOTO | size)
    page.close()
    where.write_bytes(bytes.fromhex(drawn))
    return where


DRAW = """async ({ width, height, quality }) => {
  const canvas = new OffscreenCanvas(width, height), pen = canvas.getContext("2d");
  const light = pen.createLinearGradient(0, 0, width, height);
  light.addColorStop(0, "#e9e4d8"), light.addColorStop(1, "#8d8578");
  pen.fillStyle = "#5b4a3a", pen.fillRect(0, 0, width, height);
  pen.fillStyle = light, pen.fillRect(width * .08, height * .05, width * .84, height * .9);
  pen.fillStyle = "#26221f";
  for (let row = 0; row < 44; row++) {
    pen.font = `${height / 62}px serif`;
    pen.fillText(`${row + 1}. Họ, chữ đệm, tên người con: Lý Gia Bảo, sinh ngày ${row % 28 + 1} tháng 10 năm 2023, giới tính nam`, width * .12, height * (.1 + row * .019));
  }
  const sheet = pen.getImageData(0, 0, width, height), dots = sheet.data;
  let seed = 7;
  for (let at = 0; at < dots.length; at += 4) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    const grain = ((seed >> 16) & 15) - 7;
    dots[at] += grain, dots[at + 1] += grain, dots[at + 2] += grain;
  }
  pen.putImageData(sheet, 0, 0);
  const file = await canvas.convertToBlob({ type: "image/jpeg", quality });
  return Array.from(new Uint8Array(await file.arrayBuffer()), (one) => one.toString(16).padStart(2, "0")).join("");
}"""


def measure(where: Place) -> tuple[list[Leg], int]:
    """The legs of one filing, and the bytes of the photo as it was taken."""
    phone, password = _a_commune()
    where.serve()
    with sync_playwright() as player:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        browser = player.chromium.launch(executable_path=CHROMIUM, args=quiet)
        photo = a_photo(browser, where.folder / "giay-chung-sinh.jpg")
        context = browser.new_context(
            viewport=PHONE, base_url=f"http://127.0.0.1:{where.port}", locale="vi-VN", is_mobile=True, has_touch=True
        )
        context.set_default_timeout(300_000)
        page = context.new_page()
        line = context.new_cdp_session(page)
        meter = Meter(line)
        per_second = BITS / 8
        slow = {
            "offline": False,
            "latency": ROUND_TRIP,
            "downloadThroughput": per_second,
            "uploadThroughput": per_second,
        }
        line.send("Network.emulateNetworkConditions", slow)
        line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        walk(page, lambda name: meter.leg(name, page), phone=phone, password=password, photo=photo)
        browser.close()
    return meter.legs[1:], photo.stat().st_size


def _a_commune() -> tuple[str, str]:
    """One commune whose procedure asks one paper, under rules that let the portal take filings today."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    from motcua.accounts.testing import PASSWORD
    from motcua.dossiers.models import RuleSet
    from motcua.dossiers.testing import a_one_stop

    office = a_one_stop(components=PAPERS)
    RuleSet.objects.exclude(key="ND107_2021").delete()
    RuleSet.objects.update(valid_to=None)
    return office.citizen.phone, PASSWORD


def text(legs: list[Leg], photo: int) -> str:
    waited = sum(leg.waited for leg in legs)
    rows = "".join(
        f"| {leg.name} | {leg.requests} | {leg.received / 1024:.1f} KB | {leg.sent / 1024:.1f} KB | {leg.waited:.1f} s |\n"
        for leg in legs
    )
    return f"""## An old phone in a valley

Measured by `./run bench valley` on {machine()}, on {datetime.now().astimezone():%Y-%m-%d}, at commit `{commit()}`: Chromium, {PHONE["width"]} px wide, with a line of
{BITS // 1000} kbit/s and {ROUND_TRIP} ms for each way there and back, its processor {SLOWER} times slower, an empty cache at first. A person with an account, not signed in, files a procedure with one
photo of {photo / 2**20:.1f} MB, which the browser makes smaller and sends piece by piece while the next pages are opened; nobody reads or types here, so the last page waits for it.
A page that is left cuts the piece under way, which is sent again and counted. What Chromium does beside the thread of the page (opening the picture) is not slowed.
Waiting is from an action to the next page one can use; the bar is {BAR} s in all.

| to | requests | received | sent | waiting |
|---|---|---|---|---|
{rows}| **in all** | {sum(leg.requests for leg in legs)} | {sum(leg.received for leg in legs) / 1024:.1f} KB | {sum(leg.sent for leg in legs) / 1024:.1f} KB | **{waited:.0f} s** |
"""
