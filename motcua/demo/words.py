"""What officers and applicants of the demonstration write: reasons, notes, numbers of results (lời ghi trong hồ sơ)."""

from __future__ import annotations

from motcua.accounts.permissions import Role

# Reasons with the words for the paper that is asked anew: one the applicant wrote, or one an office gave.
WRITTEN = (
    ("Nội dung kê khai chưa khớp với giấy tờ kèm theo.", "Kê khai lại “{paper}” theo đúng giấy tờ tùy thân"),
    ("Chưa có chữ ký của người khai.", "Gửi “{paper}” có đủ chữ ký"),
    ("Còn bỏ trống các mục bắt buộc.", "Ghi đủ các mục của “{paper}”"),
)
GIVEN = (
    ("Ảnh chụp bị mờ, không đọc được số và ngày cấp.", "Chụp lại “{paper}” cho rõ, đủ cả hai mặt"),
    ("Giấy tờ thiếu trang có chữ ký và con dấu.", "Gửi đủ các trang của “{paper}”"),
    ("Ảnh chụp bị lóa, mất góc.", "Chụp lại “{paper}” đủ bốn góc, không lóa"),
)
BEGINNINGS_OF_WRITTEN = (
    "Tờ khai",
    "Đơn",
    "Đề nghị",
    "Giấy đề nghị",
    "Văn bản đề nghị",
    "Bản công bố",
    "Bản thuyết minh",
    "Phiếu đề nghị",
    "Thông báo",
    "Văn bản",
    "Dự thảo",
)

# What is asked for in procedures that have no form of their own, and the papers brought.
ASKED = {
    "1.002153": "Đề nghị đăng ký hành nghề luật sư với tư cách cá nhân theo hợp đồng lao động với doanh nghiệp.",
    "1.004837": "Đề nghị đăng ký giám hộ cho cháu nội 9 tuổi, cha mẹ cháu đã mất.",
    "1.004845": "Đề nghị chấm dứt giám hộ vì người được giám hộ đã đủ 18 tuổi.",
    "2.000587": "Đề nghị cấp thẻ cộng tác viên trợ giúp pháp lý; đã có bằng cử nhân luật.",
    "2.001023": "Đề nghị đăng ký khai sinh và cấp thẻ bảo hiểm y tế cho con mới sinh.",
}
BROUGHT = ("Đơn đề nghị", "Giấy tờ kèm theo đơn")

COMPLETED = (
    "Tôi đã chụp lại rõ hơn, mong cán bộ xem giúp.",
    "Đã bổ sung đủ theo phiếu yêu cầu.",
    "Em gửi lại giấy tờ ạ, cảm ơn cán bộ đã hướng dẫn.",
    "",
)
RECORDED = ("Người nộp đã mang giấy tờ bổ sung đến quầy.", "Đã nhận và đối chiếu bản chính tại quầy.")

NOT_RECEIVED = (
    "Người nộp không cư trú trên địa bàn; đề nghị nộp tại cơ quan có thẩm quyền nơi cư trú.",
    "Hồ sơ đã được tiếp nhận ở một hồ sơ khác cùng nội dung; đề nghị theo dõi hồ sơ nộp trước.",
    "Việc đề nghị không thuộc thủ tục đã chọn; đề nghị chọn đúng thủ tục theo hướng dẫn đã trao đổi qua điện thoại.",
)
NOT_RECEIVED_BASIS = "Điều 17 Nghị định 61/2018/NĐ-CP"

WITHDRAWN = (
    "Người nộp đề nghị rút hồ sơ để chuẩn bị lại giấy tờ.",
    "Người nộp không còn nhu cầu giải quyết.",
    "Người nộp đề nghị rút để nộp hồ sơ mới, đúng thông tin.",
)
STOPPED = (
    "Nội dung đề nghị đang được Tòa án giải quyết nên không giải quyết theo thủ tục này.",
    "Giấy tờ đã nộp bị cơ quan cấp thu hồi, không còn giá trị để giải quyết.",
)

NOTES: dict[str, tuple[str, ...]] = {
    Role.RECEPTION_OFFICER: ("Chuyển kèm hồ sơ giấy.", "Hồ sơ đủ thành phần.", "", ""),
    Role.PROCESSING_OFFICER: (
        "Đã kiểm tra, hồ sơ đủ điều kiện; trình xem xét.",
        "Đã đối chiếu với sổ gốc, thông tin khớp.",
        "Đã thẩm định, dự thảo kết quả kèm theo.",
        "",
    ),
    Role.HEAD_OF_UNIT: ("Đồng ý, trình lãnh đạo.", "Đã xem dự thảo, nhất trí trình ký.", ""),
    Role.LEADER: ("",),
    Role.CLERK: ("",),
}
GIVEN_BACK = (
    "Dự thảo ghi sai ngày sinh so với tờ khai; đề nghị sửa và trình lại.",
    "Chưa nêu căn cứ pháp lý; đề nghị bổ sung vào dự thảo.",
    "Thể thức văn bản chưa đúng; đề nghị rà soát lại.",
)
REFUSED_RESULT = (
    "Không đủ điều kiện theo quy định; lý do cụ thể nêu trong văn bản trả lời.",
    "Thông tin đề nghị không có trong sổ gốc đang lưu giữ nên không có căn cứ để cấp.",
)

# What the department asks the police; the last of it has its answer.
ASKED_OF_POLICE = (
    "Đề nghị cho biết người có tên trong hồ sơ có thuộc trường hợp đang bị cấm hành nghề hay không.",
    "Đề nghị xác minh nơi cư trú của người nộp trong 5 năm gần đây; hồ sơ ghi hai nơi.",
    "Đề nghị đối chiếu số định danh cá nhân và ngày sinh ghi trong hồ sơ.",
)
ANSWER_OF_POLICE = "Đã đối chiếu: số định danh và ngày sinh ghi trong hồ sơ khớp với cơ sở dữ liệu."

# Why a result comes late, as the applicant reads it; the first waits for the signature, the second is signed.
LATE_BECAUSE = (
    "Sổ gốc lưu ở kho của huyện, phải chờ bản sao gửi về mới đối chiếu được.",
    "Cán bộ thụ lý đi dự tập huấn ba ngày, hồ sơ phải chuyển người khác giải quyết.",
)
LACKING_ON_LIST = "thiếu bản chính tờ khai"
LABELS = ("Chờ xác minh", "Cần gọi người nộp", "Người cao tuổi")
DESK_NOTES = (
    "Người nộp chỉ nghe máy sau 17 giờ.",
    "Hỏi lại chị Hương ở kho lưu trữ về số quyển.",
    "Chữ ký ở trang 2 mờ, đã xem bản chính tại quầy.",
)

# The sign after the number of a result, and of a refusal to settle.
SIGNS = {
    "1.000656": "TLKT",
    "1.000703": "GPKDVT",
    "1.000894": "KH",
    "1.001022": "TLCMC",
    "1.001029": "GP-SVHTTDL",
    "1.001193": "KS",
    "1.001308": "CNLS-SNgV",
    "1.001440": "TĐ-SVHTTDL",
    "1.001456": "HC-QLXNC",
    "1.001613": "QĐ-BHXH",
    "1.001686": "GCN-CNTY",
    "1.001699": "GXNKT",
    "1.001731": "QĐ-UBND",
    "1.001776": "QĐ-UBND",
    "1.001978": "QĐ-SLĐTBXH",
    "1.002001": "GCN-STTTT",
    "1.004122": "GP-STNMT",
    "1.004363": "GCN-SNNPTNT",
    "1.004859": "TLTĐCC",
    "1.004873": "UBND-XNTTHN",
    "1.004884": "KS",
    "1.005411": "STC-TCĐT",
    "1.007277": "TB-CTTQU",
    "1.008498": "TB-CTTQU",
    "1.008544": "GCN-CTTQU",
    "1.011607": "QĐ-UBND",
    "1.012606": "SNV-TG",
    "1.012994": "STC-QLGCS",
    "1.013236": "GPXD-SXD",
    "1.013833": "VPĐKĐĐ",
    "1.013859": "QĐ-STP",
    "1.014027": "QĐ-UBND",
    "1.014076": "GCN-SYT",
    "1.014092": "CCHN-D-SYT",
    "2.000212": "TN-CCTĐC",
    "2.000238": "CNXT-SNgV",
    "2.000591": "GCNATTP-SCT",
    "2.000635": "TLHT-BS",
    "2.000815": "SCT-BS",
    "2.000821": "QĐ-BHXH",
    "2.000884": "SCT-CK",
    "2.001019": "SCT-GD",
    "2.001035": "SCT-GD",
    "2.001194": "CC-PC06",
    "2.001583": "ĐKKD",
    "2.002029": "ĐKKD",
    "2.002288": "PH-SGTVT",
    "2.002728": "GCN-BQL",
    "2.002729": "GCN-BQL",
    "3.000333": "STP-LLTP",
    "3.000348": "GPLX-SGTVT",
    "3.000465": "BS-SGDĐT",
}
RESULT, REFUSAL = "QĐ", "TB"
