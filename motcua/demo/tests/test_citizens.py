from collections import Counter
from random import Random

import pytest

from motcua.demo.citizens import citizen, communes


def test_the_same_seed_gives_the_same_citizens():
    one, other = Random(8), Random(8)

    assert [citizen(one) for _ in range(50)] == [citizen(other) for _ in range(50)]


def test_nobody_real_can_own_the_id_number():
    random = Random(8)

    for serial in range(500):
        person = citizen(random, serial)
        assert len(person["id_number"]) == 12 and person["id_number"].startswith("008")
        assert person["id_number"][3] == ("8" if person["sex"] == "Nam" else "9")
        assert person["id_number"][4:6] == f"{person['birth_date']:%y}"


def test_a_serial_makes_phone_and_id_number_unique():
    random = Random(8)
    people = [citizen(random, serial) for serial in range(1000)]

    assert len({person["phone"] for person in people}) == 1000
    assert len({person["id_number"] for person in people}) == 1000
    assert all(person["phone"].startswith("0900000") for person in people)
    with pytest.raises(ValueError):
        citizen(random, 100_000)


def test_the_peoples_of_the_province_are_there_with_their_names():
    random = Random(8)
    people = [citizen(random) for _ in range(2000)]
    peoples = Counter(person["people"] for person in people)

    assert set(peoples) == {"Kinh", "Tày", "Dao", "Sán Chay", "Mông", "Nùng", "Sán Dìu", "Pà Thẻn"}
    assert peoples.most_common(2)[0][0] == "Kinh" and peoples.most_common(2)[1][0] == "Tày"
    assert all(len(person["full_name"].split()) >= 3 for person in people)
    assert {person["commune"] for person in people} <= {code for code, _ in communes()}


def test_hamlets_are_named_as_in_town_or_country():
    kinds = dict(communes())
    random = Random(8)

    for _ in range(500):
        person = citizen(random)
        assert person["hamlet"].startswith("Thôn") == (kinds[person["commune"]] == "xã")
