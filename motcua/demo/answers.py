"""What applicants who do not exist write into the forms of their procedures (nội dung kê khai trình diễn)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from motcua.catalogue import forms

from .citizens import Citizen, citizen

# A person of the sex, or of any.
MEN, WOMEN = ("ben_nam", "cha"), ("ben_nu", "me")
ANYBODY = (
    "ben_giao",
    "nguoi_ban",
    "nguoi_chet",
    "nguoi_chu_tri",
    "nguoi_dieu_hanh",
    "nguoi_duoc_cap",
    "nguoi_duoc_nhan",
    "nguoi_duoc_sua",
    "nguoi_huong",
    "nguoi_kia",
    "nguoi_ky_thuat",
    "nguoi_nhan",
    "nguoi_phu_trach",
    "nguoi_quan_ly",
    "vo_chong",
)
THEMSELVES = ("ho_ten", "ho_ten_tren_bang", "dai_dien")
NUMBERS_OF_PERSONS = (
    "so_nam",
    "so_nu",
    "so_dinh_danh_me",
    "so_dinh_danh_cha",
    "so_dinh_danh_nguoi_chet",
    "so_dinh_danh_duoc_nhan",
    "so_dinh_danh_ben_kia",
)

# What stands under a label goes before what stands under the key, which forms may share.
WORDS: dict[str, tuple[str, ...]] = {
    "ban_an": ("Bản án số 14/2023/HNGĐ-ST ngày 12/5/2023 của Tòa án nhân dân huyện Hàm Yên",),
    "cong_suat": ("2 tấn/tháng", "500 kg/ngày", "10.000 chai/tháng"),
    "co_so": ("Nhà thuốc trình diễn số 1", "Quầy thuốc trình diễn Bình Ca"),
    "cu_tru": (
        "Từ năm 14 tuổi đến nay ở tại địa chỉ thường trú; học phổ thông, sau đó làm ruộng.",
        "Đến năm 2015 học phổ thông tại huyện; 2015–2019 học ở Thái Nguyên; từ năm 2019 làm việc tại thành phố Tuyên Quang.",
        "Từ nhỏ đến nay ở cùng gia đình; từ năm 2020 làm công nhân Khu công nghiệp Long Bình An.",
    ),
    "da_o": ("Từ khi đủ tuổi kết hôn đến nay chỉ thường trú tại địa chỉ đã khai.",),
    "dan_toc": ("Tày", "Kinh", "Dao", "Sán Chay", "Mông", "Nùng"),
    "dia_chi": ("Tổ dân phố 5", "Thôn Tân Lập", "Số 12, đường Bình Thuận"),
    "dia_chi_kho": ("Thôn Tân Lập, kho xây tường gạch rộng 30 m²",),
    "diem_khac": ("Suối khoáng Mỹ Lâm", "Thác Mơ, Na Hang"),
    "dien_thoai_cskh": ("0900099999",),
    "don_vi_thiet_ke": ("Công ty Tư vấn xây dựng trình diễn, chứng chỉ năng lực TD-0001",),
    "ghi_chu": ("Nhờ cán bộ gọi điện giúp khi có kết quả.",),
    "Biện pháp bảo vệ người chơi nhỏ tuổi": (
        "Giới hạn thời gian chơi 180 phút mỗi ngày với người dưới 18 tuổi; xác nhận tuổi khi đăng ký.",
    ),
    "giai_doan": ("Giai đoạn 1: phần móng và tầng hầm",),
    "giay_to": (
        "Bằng tốt nghiệp trung học phổ thông; học bạ",
        "Sổ hộ khẩu cũ; giấy khai sinh",
        "Bằng lái xe; căn cước công dân",
        "Giấy chứng nhận quyền sử dụng đất",
    ),
    "gio_sinh": ("05 giờ 20 phút", "14 giờ 05 phút", "22 giờ 40 phút"),
    "hoan_canh_mat": ("Mất ví khi đi chợ huyện, đã tìm nhưng không thấy.", "Bị lũ cuốn trôi cùng giấy tờ trong nhà."),
    "ket_hon_voi": ("Kết hôn với người cùng xã, đăng ký tại Ủy ban nhân dân xã",),
    "kieu_bao_bi": ("Túi màng phức hợp", "Chai thủy tinh", "Hộp giấy"),
    "kinh_nghiem": ("Hai năm hướng dẫn khách tham quan tại điểm.", "Thuyết minh viên tình nguyện từ năm 2022."),
    "lien_he": ("Anh trai, 0900 099 998",),
    "luong": ("500 g", "1 kg", "250 ml"),
    "ly_do": ("Bản cũ bị ố, mờ chữ", "Nộp hồ sơ xin việc"),
    "ly_do_khac": ("Chuyển về quê chăm sóc cha mẹ",),
    "ly_do_thu_hoi": ("Không hoàn thành cập nhật kiến thức chuyên môn, tháng 3 năm 2023",),
    "loai_khac": ("Chứng chỉ nghề phổ thông",),
    "muc_dich_khac": ("Bổ sung hồ sơ công chứng",),
    "nganh_nghe": (
        "Bán lẻ vật liệu xây dựng; vận tải hàng hóa bằng đường bộ",
        "Chế biến chè; bán buôn nông sản",
        "Dịch vụ lưu trú ngắn ngày; nhà hàng",
    ),
    "nghe_nghiep": ("Làm ruộng", "Công nhân", "Giáo viên", "Buôn bán"),
    "noi_cap": ("Sở Giao thông vận tải tỉnh Tuyên Quang",),
    "noi_dao_tao": ("Trường Đại học Dược Hà Nội", "Trường Cao đẳng Y tế Thái Nguyên"),
    "noi_dung": (
        "Đề nghị giải quyết theo giấy tờ đã nộp kèm.",
        "Đề nghị xem xét, giải quyết cho gia đình tôi trong thời gian sớm nhất.",
    ),
    "Nội dung chính": ("Nghi lễ tôn giáo, giao lưu văn nghệ; bảo đảm trật tự và vệ sinh môi trường.",),
    "noi_dung_cu": ("Hộ ông Nguyễn Văn Mẫu, thôn Tân Lập", "Thửa đất số 45, tờ bản đồ số 12"),
    "noi_dung_moi": ("Ông Nguyễn Văn Mẫu, tổ dân phố 3", "Thửa đất số 145, tờ bản đồ số 21"),
    "noi_lam_viec": ("Công ty may trình diễn Long Bình An", "Công ty Chè trình diễn Sông Lô"),
    "noi_sinh": ("Bệnh viện Đa khoa tỉnh Tuyên Quang", "Trung tâm Y tế huyện Hàm Yên", "Trạm Y tế xã"),
    "nuoc": ("Trung Quốc", "Hàn Quốc"),
    "nuoc_da_o": ("Hàn Quốc, từ năm 2018 đến năm 2021",),
    "nuoc_dinh_cu": ("Hoa Kỳ",),
    "ma_so_bhxh": ("0800000001", "0800000002"),
    "so_so_bhxh": ("0800000003", "0800000004"),
    "so_cu": ("C0000001", "B0000002"),
    "so_gplx": ("080000000001", "080000000002"),
    "so_hieu": ("TD 000123",),
    "so_phat_hanh": ("TD 000456", "TD 000789"),
    "tai_khoan": ("000 0000 0001, ngân hàng trình diễn",),
    "ten_co_so": ("Cơ sở sản xuất bánh kẹo trình diễn Sông Lô", "Xưởng chế biến trình diễn Hợp Thành"),
    "ten_cong_trinh": ("Nhà làm việc trình diễn số 1", "Chung cư trình diễn Bình Ca"),
    "ten_cong_ty": ("Công ty TNHH một thành viên Trình diễn Sông Lô", "Công ty TNHH một thành viên Trình diễn Núi Dùm"),
    "ten_cua_hang": ("Cửa hàng vật tư nông nghiệp trình diễn", "Cửa hàng thuốc bảo vệ thực vật trình diễn Tân Lập"),
    "ten_cuoc_le": ("Lễ kỷ niệm thành lập", "Đại lễ cầu an đầu năm"),
    "ten_hang": ("Chè xanh trình diễn", "Mật ong trình diễn", "Gạo nếp trình diễn"),
    "ten_mien": ("trochoi.trinhdien.example",),
    "ten_to_chuc": ("Tổ chức tôn giáo trình diễn Bình Ca",),
    "ten_viet_tat": ("TRINHDIEN CO., LTD",),
    "thon": ("Thôn Tân Lập", "Thôn Làng Bát"),
    "thua_dat": ("145", "87", "Thửa số 45, tờ bản đồ số 12"),
    "tinh_khac": ("Hà Giang, Yên Bái",),
    "to_ban_do": ("12", "21"),
    "to_chuc_chu_so_huu": ("Hợp tác xã trình diễn Sông Lô, mã số 0000000001",),
    "ton_giao": ("Không",),
    "truong": ("Trường Trung học phổ thông Hàm Yên", "Trường Trung học phổ thông Na Hang"),
    "van_bang_khac": ("Y sĩ y học cổ truyền",),
    "viec_khac": ("Bổ sung hồ sơ xin việc",),
    "cac_xe": ("22A-000.01, 16 chỗ; 22A-000.02, 29 chỗ", "22C-000.03, 5 tấn"),
    "cong_sinh": ("Bán hơi dư cho công ty bên cạnh; mua lại bìa hỏng của nhà máy giấy.",),
    "dang_khac": ("Tự kỷ",),
    "di_san": (
        "Nhà cấp bốn và 300 m² đất ở tại thôn Tân Lập; một xe máy.",
        "Thửa đất trồng cây lâu năm rộng 1.200 m².",
    ),
    "doanh_nghiep_bao_hiem": ("Công ty Bảo hiểm trình diễn Sông Lô",),
    "ghi_cu": ("Nguyễn Văn Mẩu",),
    "ghi_moi": ("Nguyễn Văn Mẫu",),
    "giam_sat": ("Đồng hồ đo nước, điện từng nhà máy; báo cáo chung mỗi quý.",),
    "giao_dich_khac": ("Hợp đồng thuê nhà",),
    "giay_ho_tich_khac": ("Trích lục nhận cha, mẹ, con",),
    "gio_chet": ("03 giờ 15 phút", "19 giờ 40 phút"),
    "hop_dong_thue": ("Số 12/2024/HĐ-TD",),
    "kho_khan_khac": ("Nhà bị sạt lở phải di dời",),
    "khoan_khac": ("Trợ cấp tuất hằng tháng",),
    "loai_thuoc_kiem_soat": ("Thuốc gây nghiện dạng phối hợp",),
    "ly_do_cham_dut_khac": ("Chuyển sang trồng cây khác",),
    "ly_do_dieu_chinh": ("Chuyển nơi ở", "Mức độ khuyết tật đã được xác định lại"),
    "ly_do_khong_ky": ("Bị liệt hai tay",),
    "ly_do_mien": ("Cha mẹ tặng cho con",),
    "ly_do_sua": ("Ghi nhầm khi đăng ký, khác với học bạ và căn cước.", "Giấy tờ của cha ghi dân tộc khác."),
    "ly_do_tam_ngung": ("Sửa chữa nhà xưởng.", "Chưa có đơn hàng."),
    "ma_so_doanh_nghiep": ("0000000002",),
    "ma_so_thue": ("0000000003",),
    "ma_so_thue_nguoi_nop": ("0000000004",),
    "may_khoan": ("Một máy khoan xoay, một máy nén khí, ống chống 30 m.",),
    "mo_ta_dong_san": ("Xe máy, biển số 22B1-000.01, số khung TD0001",),
    "nguoi_lam_chung": ("Ông Nguyễn Văn Mẫu và bà Trần Thị Mẫu, cùng thôn Tân Lập.",),
    "nguoi_thua_ke": ("Hai con, mỗi người một nửa.", "Toàn bộ cho vợ."),
    "nguyen_nhan_khac": ("Đuối nước", "Tai nạn giao thông, năm 2019"),
    "noi_cap_giay": ("Đại học Thái Nguyên", "Ủy ban nhân dân xã"),
    "noi_chet": ("Tại nhà, thôn Tân Lập", "Bệnh viện Đa khoa tỉnh Tuyên Quang"),
    "noi_yeu_cau": ("Trường đại học nơi con tôi học",),
    "nuoc_su_dung": ("Hàn Quốc", "Nhật Bản", "Cộng hòa Liên bang Đức"),
    "quan_he_dai_dien": ("Mẹ", "Anh trai"),
    "so_an_ninh": ("12/GCN, ngày 05/3/2024",),
    "so_chung_chi": ("TD-0012", "TD-0034"),
    "so_chung_nhan": ("TD-01/GCN",),
    "so_giay": ("TD 000321, năm 2015", "Số 45, năm 1998"),
    "so_giay_bao_tu": ("Số 7, do Bệnh viện Đa khoa tỉnh cấp",),
    "so_giay_phep": ("2200000001/GPKDVT",),
    "so_ho_chieu": ("TD0000001, cấp năm 2022",),
    "so_hop_dong": ("BHNN-TD-0007",),
    "so_ket_luan": ("Số 15/KL, Viện Pháp y trình diễn",),
    "so_phu_hieu": ("TD-22-0001",),
    "so_phuong_an": ("Số 101/QĐ-UBND",),
    "so_quyet_dinh": ("Số 25/QĐ-TD",),
    "so_the_cu": ("TD-08-001",),
    "ten_cay_con": ("Lúa", "Trâu", "Cá lồng"),
    "ten_don_vi": ("Hợp tác xã Vận tải trình diễn", "Chi nhánh trình diễn Hàm Yên"),
    "ten_du_an": ("Khu dân cư trình diễn Tân Trào", "Nhà máy chế biến gỗ trình diễn"),
    "ten_khu": ("Khu công nghiệp Long Bình An",),
    "ten_van_ban": ("Đơn xin nhận lại con dấu", "Bản cam kết"),
    "than_nhan": ("Vợ, sinh năm 1965, làm ruộng; con út, sinh năm 2010, đang đi học.",),
    "thanh_vien": ("Chủ hộ 1980, làm thuê; vợ 1984, làm ruộng; hai con đang đi học.",),
    "thu_nhap_khac": ("Giải thưởng",),
    "tieng_ban_dich": ("Tiếng Hàn", "Tiếng Anh"),
    "tieng_khac": ("Tiếng Trung",),
    "to_chuc_mai_tang": ("Cơ sở bảo trợ xã hội trình diễn",),
    "tru_so": ("Số 12, đường Bình Thuận, thành phố Tuyên Quang",),
    "tuyen": ("Tuyên Quang – Na Hang", "Tuyên Quang – Hà Nội (Mỹ Đình)"),
    "van_bang_ky_thuat": ("Kỹ sư địa chất, năm 2012",),
}
SUMS = {
    "von_dieu_le": (500_000_000, 3_000_000_000),
    "gia_tri": (200_000_000, 3_000_000_000),
    "thu_nhap_ho": (1_500_000, 5_000_000),
    "muc_dang_huong": (200_000, 450_000),
    "phi_con_lai": (100_000, 2_000_000),
    "so_tien_duyet": (6_000_000_000, 9_000_000_000),
    "so_tien_da_chi": (4_000_000_000, 6_000_000_000),
    "so_tien_de_nghi": (2_000_000_000, 4_000_000_000),
    "so_tien_da_tru": (500_000_000, 2_000_000_000),
}
NUMBERS = {
    "so_ban": (1, 5),
    "so_ban_sao": (1, 5),
    "so_trang": (2, 40),
    "so_nguoi": (200, 900),
    "lao_dong": (3, 30),
    "dien_tich": (20, 400),
    "dien_tich_dat": (300, 2000),
    "dien_tich_xd": (150, 900),
    "tong_san": (900, 6000),
    "so_tang": (3, 9),
    "chieu_cao": (12, 36),
    "thang_dong": (12, 140),
    "nam_tot_nghiep": (1998, 2022),
    "nam_dang_ky": (1985, 2020),
    "nam_xac_nhan": (2023, 2025),
    "dien_tich_kho": (20, 200),
    "dien_tich_khu": (60, 250),
    "dien_tich_nha": (30, 120),
    "dien_tich_phong": (20, 35),
    "duong_kinh": (60, 200),
    "luu_luong": (50, 900),
    "so_con": (1, 3),
    "so_cong_sinh": (1, 6),
    "so_cong_trinh": (5, 40),
    "so_doanh_nghiep": (10, 60),
    "so_giay_to": (1, 4),
    "so_loi_thoat": (2, 4),
    "so_nam_thue": (10, 50),
    "so_ngay_o_viet_nam": (190, 365),
    "so_nguoi_ky": (1, 3),
    "so_nhan_khau": (2, 7),
    "so_tu_lanh": (1, 3),
    "so_xe": (2, 40),
    "ty_le_cay_xanh": (25, 35),
}
# Days from the day of filing.
DAYS = {
    "ngay_hen": (3, 15),
    "ngay_sinh": (-45, -4),
    "ngay_kiem_tra": (-60, -15),
    "nghi_viec": (-500, -370),
    "cham_dut_ngay": (-80, -20),
    "khoi_cong": (40, 120),
    "bat_dau": (59, 60),
    "ket_thuc": (61, 61),
    "ngay_chet": (-14, -10),
    "ngay_mai_tang": (-9, -7),
    "ngay_sinh_cong_chung_vien": (-18_000, -12_000),
    "ngay_sinh_nguoi_chet": (-32_000, -24_000),
    "ngay_sinh_nguoi_duoc_nhan": (-3_600, -200),
    "ngay_sinh_nguoi_huong": (-31_000, -27_500),
    "ngay_san_sang": (5, 20),
    "ngay_vao_hoi": (-900, -60),
    "ngay_xong": (100, 400),
    "tam_ngung_tu": (4, 10),
    "tam_ngung_den": (100, 350),
    "tiep_tuc_tu": (4, 10),
}
TRAINED = {"bat_dau": (-900, -800), "ket_thuc": (-60, -20)}  # practice, not a celebration, where it was at some place


def answers(form: forms.Definition, owner: Citizen, random: Random, *, day: date, place: str) -> dict[str, Any]:
    """An answer to every question these answers lead to; some of the free ones are left out, as people do."""
    given: dict[str, Any] = {}
    keys = {field["key"] for field in forms.fields(form)}
    for field in forms.fields(form):
        if not forms.shown(field, given):
            continue
        if field["required"] or random.random() < 0.6:
            given[field["key"]] = _answer(field, owner, random, day=day, place=place, keys=keys)
    return _as_a_parent(given, owner, random) if "ten_con" in given else given


def _answer(field: Mapping[str, Any], owner: Citizen, random: Random, *, day: date, place: str, keys: set[str]) -> Any:
    key = field["key"]
    match field["type"]:
        case "choice" if key == "gioi_tinh" and "ten_con" not in keys:
            return owner["sex"]
        case "choice" if key == "nhom" and "nguoi_huong" in keys:  # the one whose members are as old as DAYS says
            return field["options"][0]
        case "choice":
            return _likely(field["options"], random)
        case "choices":
            return [_likely(field["options"], random)]
        case "place":
            return place
        case "date":
            if key == "ngay_sinh" and "ten_con" not in keys:
                return owner["birth_date"].isoformat()
            first, last = TRAINED[key] if key in TRAINED and "co_so" in keys else DAYS.get(key, (-30, -1))
            return (day + timedelta(random.randint(first, last))).isoformat()
        case "number":
            return str(random.randint(*NUMBERS.get(key, (1, 9))))
        case "money":
            first, last = SUMS.get(key, (1_000_000, 9_000_000))
            return random.randrange(first, last, 100_000_000 if last > 100_000_000 else 100_000)
        case "phone":
            return owner["phone"]
    if key in THEMSELVES:
        return owner["full_name"]
    if key in MEN or key in WOMEN:
        sex = "Nam" if key in MEN else "Nữ"
        is_owner = key.startswith("ben_") and owner["sex"] == sex
        return owner["full_name"] if is_owner else somebody(random, sex)["full_name"]
    if key in ANYBODY:
        return citizen(random)["full_name"]
    if key in NUMBERS_OF_PERSONS:
        return somebody(random, "Nam" if key in ("so_nam", "so_dinh_danh_cha") else "Nữ")["id_number"]
    return random.choice(WORDS.get(field["label"]) or WORDS.get(key, ("Theo giấy tờ kèm theo.",)))


def _likely(options: list[str], random: Random) -> str:
    """The first choices more often than the last, which is often “khác”."""
    return random.choices(options, [4, 3, *[1] * (len(options) - 2)])[0]


def somebody(random: Random, sex: str) -> Citizen:
    while True:
        found = citizen(random)
        if found["sex"] == sex:
            return found


def _as_a_parent(given: dict[str, Any], owner: Citizen, random: Random) -> dict[str, Any]:
    """A birth is registered by the father or the mother, who names the child after the family."""
    family = owner["full_name"].split()[0]
    child = somebody(random, given["gioi_tinh"])["full_name"].split()
    given["ten_con"] = " ".join([family, *child[1:]])
    given["dan_toc"] = owner["people"]
    if owner["sex"] == "Nam":
        return given | {"co_cha": "Có", "cha": owner["full_name"], "quan_he": "Cha"}
    return given | {"me": owner["full_name"], "quan_he": "Mẹ"}
