"""The choice of language, and the look of the house on one page for development and the demonstration."""

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

from django import forms
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

HANOI = timezone(timedelta(hours=7))
FRIDAY = datetime(2023, 11, 3, 9, 30, tzinfo=HANOI)


class SampleForm(forms.Form):
    """One field of every kind, half of them filled in wrongly."""

    child = forms.CharField(label="Họ, chữ đệm, tên của con", help_text="Viết như trong giấy chứng sinh.")
    born = forms.CharField(label="Ngày sinh", help_text="Ví dụ: 01/04/2022.")
    phone = forms.CharField(
        label="Số điện thoại",
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": "Bạn chưa nhập số điện thoại, gồm 10 chữ số."},
    )
    fee = forms.IntegerField(label="Lệ phí")
    place = forms.ChoiceField(
        label="Nơi đăng ký",
        choices=[("", "Chọn một nơi"), ("pt", "UBND phường Phan Thiết"), ("hd", "UBND xã Hùng Đức")],
    )
    return_by = forms.ChoiceField(
        label="Bạn muốn nhận kết quả ở đâu?",
        choices=[("counter", "Tại Bộ phận Một cửa"), ("post", "Tại nhà, qua bưu điện")],
        widget=forms.RadioSelect,
        error_messages={"required": "Bạn chưa chọn nơi nhận kết quả."},
    )
    copies = forms.MultipleChoiceField(
        label="Giấy tờ xin thêm",
        choices=[("birth", "Bản sao trích lục khai sinh"), ("health", "Thẻ bảo hiểm y tế"), ("home", "Đăng ký cư trú")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label="Lời nhắn cho cán bộ", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    sworn = forms.BooleanField(
        label="Tôi cam đoan những điều khai ở đây là đúng sự thật.",
        error_messages={"required": "Bạn cần đánh dấu vào ô cam đoan."},
    )


def content():
    """Invented people, a real procedure."""
    lines = [
        ("Bạn đã nộp hồ sơ trực tuyến", "Lý A Pao", timedelta(days=2, hours=3)),
        ("Bộ phận Một cửa đã tiếp nhận hồ sơ", "Nguyễn Thị Lan", timedelta(days=2, hours=1)),
        ("Đã chuyển đến công chức Tư pháp – Hộ tịch", "Nguyễn Thị Lan", timedelta(days=1, hours=1)),
    ]
    return {
        "form": SampleForm({"child": "Lý Gia Bảo", "born": "01/04/2022", "place": "pt", "fee": 8000}),
        "code": "000.00.12.H60-231027-0001",
        "due": FRIDAY,
        "now": FRIDAY - timedelta(days=2),
        "states": ["early", "on_time", "due_soon", "overdue", "waiting"],
        "steps": [
            {"label": "Nộp", "state": "done"},
            {"label": "Tiếp nhận", "state": "done"},
            {"label": "Thẩm định", "state": "current"},
            {"label": "Ký", "state": "todo"},
            {"label": "Trả kết quả", "state": "todo"},
        ],
        "shares": [
            SimpleNamespace(label="Một cửa", kind="AGENCY", minutes=180, running=False),
            SimpleNamespace(label="Tư pháp", kind="AGENCY", minutes=360, running=True),
            SimpleNamespace(label="Người nộp", kind="APPLICANT", minutes=480, running=False),
            SimpleNamespace(label="Bưu điện", kind="POST", minutes=35, running=False),
        ],
        "facts": ["Trong ngày", "Miễn phí", "Nộp được trực tuyến"],
        "owner": [
            ("Họ và tên", "Lý A Pao"),
            ("Số định danh cá nhân", "008085001234"),
            ("Địa chỉ", "Thôn Khuổi Phát, xã Hùng Đức, huyện Hàm Yên"),
            ("Thư điện tử", ""),
        ],
        "lines": [{"text": text, "who": who, "at": FRIDAY - ago, "kind": ""} for text, who, ago in reversed(lines)],
        "filters": [
            {"label": "Quá hạn", "count": 1, "state": "overdue", "href": "#"},
            {"label": "Hôm nay", "count": 4, "state": "due_soon", "href": "#", "current": True},
            {"label": "Sắp tới", "count": 12, "state": "on_time", "href": "#"},
            {"label": "Chờ người nộp", "count": 3, "state": "waiting", "href": "#"},
        ],
        "tabs": [
            {"label": "Biểu mẫu", "href": "#", "current": True},
            {"label": "Giấy tờ", "count": 3, "href": "#"},
            {"label": "Diễn biến", "href": "#"},
        ],
        "files": [
            {"name": "giay-chung-sinh-trang-1.jpg", "size": 1_432_000, "href": "#", "remove": "#"},
            {"name": "can-cuoc-cong-dan-hai-mat.pdf", "size": 284_000, "href": "#"},
        ],
        "fees": [["Đăng ký khai sinh", "0,5", "Miễn phí"], ["Bản sao trích lục", "0,5", "8.000 đ"]],
        "fee_head": ["Thủ tục", "Thời hạn (ngày)", "Lệ phí"],
        "right": [2, 3],
        "desk": "Quầy 3 · UBND phường Phan Thiết",
        "nav_items": [
            {"label": "Của tôi", "href": "#", "count": 7, "current": True},
            {"label": "Đơn vị", "href": "#", "count": 31},
            {"label": "Chờ nhận", "href": "#", "count": 5},
            {"label": "Chờ ký", "href": "#", "count": 2},
            {"label": "Trả kết quả", "href": "#", "count": "99+"},
            {"label": "Quá hạn", "href": "#", "count": 1, "state": "overdue"},
        ],
        "rows": [
            ("overdue", "2 giờ", "000.00.12.H60-220412-0007", "Đăng ký khai sinh", "Lý A Pao", "Thẩm định", "Lan"),
            (
                "due_soon",
                "16:30",
                "000.00.12.H60-220412-0011",
                "Cấp bản sao trích lục hộ tịch",
                "Ma Thị Dung",
                "Trình ký",
                "Hùng",
            ),
            (
                "on_time",
                "mai",
                "000.00.12.H60-220411-0032",
                "Xác nhận tình trạng hôn nhân",
                "Hoàng Văn Sơn",
                "Thẩm định",
                "–",
            ),
            ("waiting", "3 ngày", "000.00.12.H60-220408-0002", "Đăng ký kết hôn", "Triệu Thị Mùi", "Bổ sung", "Lan"),
        ],
        "acts": [
            {"label": "Chuyển lãnh đạo ký", "allowed": True, "key": "g", "primary": True},
            {"label": "Yêu cầu bổ sung", "allowed": True, "key": "b"},
            {"label": "Trả lại bước trước", "allowed": True, "key": "t"},
            {"label": "Từ chối tiếp nhận", "allowed": False, "why_not": "Không thể, vì hồ sơ đã được tiếp nhận."},
        ],
        "colours": [
            "ink",
            "quiet",
            "edge",
            "line",
            "paper",
            "page",
            "shade",
            "brand",
            "brand-hover",
            "brand-tint",
            "on-time",
            "due-soon",
            "overdue",
            "waiting",
        ],
        "told": "PDF, JPG hoặc PNG, tối đa 20 MB mỗi tệp.",
        "limit": 20 * 1024 * 1024,
    }


def portal(request):
    return render(request, "ui/gallery_portal.html", content())


def counter(request):
    return render(request, "ui/gallery_counter.html", content())


def sheet(request):
    return render(request, "ui/gallery_sheet.html", content())


@csrf_exempt
def choose_language(request):
    """Remember the language of the pages in a cookie and go back to where one was.

    Its form stands on every page, error pages too. With a token, a page fetched beside another on a first visit would bring a
    second cookie and make the forms of the first useless; another site can do no more here than choose a language.
    """
    return set_language(request)


# The layer below accounts cannot import its decorator; the attribute is what the repository test reads.
for view in (portal, counter, sheet, choose_language):
    view.permission = "public"  # type: ignore[attr-defined]
