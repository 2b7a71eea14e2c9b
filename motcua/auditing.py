"""Looking at the product from outside: which of its packages have known holes, and what a scanner finds (soi từ bên ngoài)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from motcua.serving import HOST, ROOT, CannotServe, chosen_port, database, own_folder, say

# Put there by ./run, each in a place of its own.
AUDIT, SCAN = ROOT / ".tools" / "audit" / "bin", ROOT / ".tools" / "scan" / "bin"
LIST = "requirements/run.txt"
FOUND, NOT_KNOWN = 1, 3

# Packages -------------------------------------------------------------------------------------------------------------


class Package(NamedTuple):
    """One line of what the auditor says."""

    name: str
    version: str
    holes: list[str]
    asked: bool


def audit(arguments: list[str]) -> int:
    """Write the list of all packages, and ask the registry which of them have known holes."""
    if arguments:
        raise CannotServe("./run audit không có tham số. (./run audit takes no arguments.)")
    place = own_folder() / "audit"
    place.mkdir(exist_ok=True)
    bill, report = place / "sbom.cdx.json", place / "holes.json"
    _run([str(AUDIT / "cyclonedx-py"), "requirements", LIST, "--of", "JSON", "-o", str(bill)])
    say(f"Danh mục gói phần mềm: {bill} (CycloneDX)")
    report.unlink(missing_ok=True)
    asked = [str(AUDIT / "pip-audit"), "--disable-pip", "--require-hashes", "-r", LIST]
    said = _run([*asked, "-f", "json", "-o", str(report), "--progress-spinner", "off", "--timeout", "20"])
    if not report.exists():
        say(
            "Chưa hỏi được nơi lưu lỗ hổng đã biết, nên CHƯA biết gói nào có lỗ hổng; hãy chạy lại khi có mạng."
            f" (The vulnerability data could not be asked.) {said.strip().splitlines()[-1:]}"
        )
        return NOT_KNOWN
    return judged(json.loads(report.read_text()))


def judged(report: dict[str, Any]) -> int:
    """Say what was found; a package nobody could be asked about is not a package without holes."""
    packages = [_package(each) for each in report["dependencies"]]
    for package in packages:
        if package.holes:
            say(f"  {package.name} {package.version}: {', '.join(package.holes)}")
    unknown = [package.name for package in packages if not package.asked]
    if any(package.holes for package in packages):
        say("Có gói phần mềm mang lỗ hổng đã biết (known vulnerabilities, see above).")
        return FOUND
    if unknown or not packages:
        say(
            f"Kho gói phần mềm không trả lời về {len(unknown)}/{len(packages)} gói, nên CHƯA biết chúng có lỗ hổng hay không."
            " (The registry reached from here does not answer about vulnerabilities.)"
        )
        return NOT_KNOWN
    say(f"{len(packages)} gói, không gói nào có lỗ hổng đã biết. (No known vulnerabilities.)")
    return 0


def _package(told: dict[str, Any]) -> Package:
    holes = [each["id"] for each in told.get("vulns", [])]
    return Package(told["name"], told.get("version", ""), holes, "skip_reason" not in told)


def _run(command: list[str]) -> str:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace").stderr


# The running product --------------------------------------------------------------------------------------------------

# What needs a machine in the public network to answer (ssrf, xxe) is left out.
MODULES = "backup,cookieflags,crlf,csp,csrf,exec,file,http_headers,methods,permanentxss,redirect,sql,upload,xss"
# Pages that would end the scanner's own session or account.
LEFT_OUT = ("/dang-xuat/", "/tai-khoan/dang-xuat-moi-noi/", "/tai-khoan/mat-khau/", "/tai-khoan/roi-di/")
# What it finds each time and why that is right; at any other address, or of any other kind, it counts.
KNOWN = {
    ("Secure Flag cookie", "/"): "máy quét vào bằng HTTP; có MOTCUA_HTTPS=1 thì cookie chỉ đi bằng HTTPS",
    ("Cross Site Request Forgery", "/ngon-ngu/"): "chỉ chọn ngôn ngữ, không đổi gì khác (ui/views.py)",
}
SECONDS, SECONDS_EACH = 300, 40
ASK_WHO = """
import django
django.setup()
from motcua.accounts.models import Person
from motcua.accounts.testing import a_session
from motcua.demo.accounts import expect_demonstration
expect_demonstration()
for name in ("{citizen}", "{officer}"):
    print(a_session(Person.objects.filter(username=name).first() or Person.objects.get(phone=name)))
"""
CITIZEN, OFFICER = "0900000001", "motcua.trungtam"


def scan(arguments: list[str]) -> int:
    """Let wapiti and schemathesis loose on the demonstration that runs: as a visitor, a citizen, an officer, another system."""
    address = arguments[0].rstrip("/") if arguments else f"http://{HOST}:{chosen_port()}"
    place = own_folder() / "scan"
    place.mkdir(exist_ok=True)
    citizen, officer = _sessions()
    found: Counter[str] = Counter()
    for who, session, start in (
        ("visitor", "", "/"),
        ("citizen", citizen, "/ho-so-cua-toi/"),
        ("officer", officer, "/motcua/"),
    ):
        say(f"== wapiti: {who}")
        found += _wapiti(address, start, session, place / f"{who}.json", place)
    say("== schemathesis")
    described = [sys.executable, "-m", "schemathesis.cli", "run", f"{address}/api/v1/openapi.json"]
    api = subprocess.run([*described, "--phases", "examples,fuzzing", "--max-examples", "20"], cwd=place)
    say("", f"Báo cáo ở {place}. (Reports.)", *(f"  {number} × {what}" for what, number in found.items()))
    return FOUND if found or api.returncode else 0


def _sessions() -> list[str]:
    """A citizen's and an officer's, only where everything is made up."""
    with database(own_folder()) as place:
        asked = subprocess.run(
            [sys.executable, "-c", ASK_WHO.format(citizen=CITIZEN, officer=OFFICER)],
            cwd=ROOT,
            env=place.environ(),
            capture_output=True,
            text=True,
        )
    if asked.returncode:
        raise CannotServe(
            "Chỉ quét bản trình diễn đang chạy, vì quét để lại rác trong dữ liệu: hãy chạy ./run với MOTCUA_DEMO=1 trước."
            f" (Only a running demonstration is scanned.) {asked.stderr.strip().splitlines()[-1]}"
        )
    return asked.stdout.split()


def _wapiti(address: str, start: str, session: str, report: Path, place: Path) -> Counter[str]:
    """What it calls vulnerabilities and anomalies, by kind; all of it stands in the report."""
    report.unlink(missing_ok=True)
    command = [str(SCAN / "wapiti"), "-u", f"{address}/", "-s", f"{address}{start}", "-m", MODULES, "--flush-session"]
    command += ["--max-scan-time", str(SECONDS), "--max-attack-time", str(SECONDS_EACH), "-d", "4"]
    command += ["--max-links-per-page", "30", "--max-files-per-dir", "10", "--max-parameters", "12", "--no-bugreport"]
    command += ["--store-session", str(place / "session"), "--store-config", str(place / "config")]
    command += ["-f", "json", "-o", str(report), "-v", "0"]
    for left_out in LEFT_OUT:
        command += ["-x", f"{address}{left_out}"]
    if session:
        command += ["-C", f"sessionid={session}"]
    subprocess.run(command, cwd=place, env={**os.environ, "HOME": str(place)}, stdin=subprocess.DEVNULL)
    if not report.exists():
        raise CannotServe(f"wapiti không viết được báo cáo cho {address}{start}. (wapiti wrote no report.)")
    return weighed(json.loads(report.read_text()), report.stem)


def weighed(report: dict[str, Any], who: str) -> Counter[str]:
    """What counts of a report, by kind and address; what is known is said with its reason."""
    counts: Counter[str] = Counter()
    for part in ("vulnerabilities", "anomalies"):
        for kind, findings in report[part].items():
            for finding in findings:
                if reason := KNOWN.get((kind, finding["path"])):
                    say(f"  đã biết: {kind} {finding['path']} – {reason}")
                else:
                    counts[f"{who}: {kind} {finding['method']} {finding['path']}"] += 1
    return counts
