"""The commands: `./run [command]`; without one it serves (các lệnh)."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from functools import partial

from motcua import auditing, backing_up, serving
from motcua.embedded import DatabaseDidNotStart

HELP = """./run              chạy Một Cửa (serve)
./run demo         nạp dữ liệu trình diễn (load the demonstration)
./run fill N …     nạp thêm N hồ sơ vào dữ liệu trình diễn (fill it with N dossiers)
./run manage …     lệnh quản trị của Django (Django's commands)
./run bench …      đo tốc độ (measure)
./run faults …     thử lỗi: ngắt từng phần khi đang có người dùng (break it under load)
./run backup …     sao lưu cơ sở dữ liệu và tệp (back up)
./run restore …    khôi phục vào nơi trống, có kiểm tra; --to thì về một thời điểm (restore and verify)
./run prepare      trên máy chủ, PostgreSQL riêng: cập nhật bảng, kiểu trang (on servers: tables and styles)
./run web          trên máy chủ: chỉ phục vụ trang (on servers: web only)
./run worker       trên máy chủ: chỉ làm việc nền (on servers: worker only)
./run audit        liệt kê gói phần mềm, tìm lỗ hổng đã biết (packages and their known holes)
./run scan         quét bản trình diễn đang chạy (scan the running demonstration)
./test [path …]    kiểm tra tất cả (check everything)"""


def bench(arguments: list[str]) -> int:
    sys.argv = ["./run bench", *arguments]
    runpy.run_module("bench", run_name="__main__")
    return 0


def faults(arguments: list[str]) -> int:
    sys.argv = ["./run faults", *arguments]
    runpy.run_module("bench.faults", run_name="__main__")
    return 0


def test(arguments: list[str]) -> int:
    from motcua import checking

    return checking.check(arguments)


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "manage": serving.manage,
    "fill": lambda arguments: serving.manage(["fill", *arguments]),
    "bench": bench,
    "faults": faults,
    "test": test,
    "audit": auditing.audit,
    "scan": auditing.scan,
    "backup": backing_up.backup,
    "restore": backing_up.restore,
}
PLAIN: dict[str, Callable[[], int]] = {
    "": serving.serve,
    "demo": serving.demo,
    **{part: partial(serving.alone_on_servers, part) for part in ("prepare", "web", "worker")},
}


def main(command: str = "", *arguments: str) -> int:
    try:
        if command in COMMANDS:
            return COMMANDS[command](list(arguments))
        if command in PLAIN and not arguments:
            return PLAIN[command]()
    except (serving.CannotServe, DatabaseDidNotStart) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(HELP, file=sys.stdout if command in {"-h", "--help", "help"} else sys.stderr)
    return 0 if command in {"-h", "--help", "help"} else 2


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
