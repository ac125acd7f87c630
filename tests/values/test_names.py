"""Names of persons: put together and taken apart."""

from __future__ import annotations

import pytest

from contactcore.errors import Invalid
from contactcore.values import PersonName, split_full_name


def test_the_parts_are_trimmed_squeezed_and_composed() -> None:
    name = PersonName(" Anne  Marie\n", "Lefe\u0300vre ")
    assert (name.given, name.family) == ("Anne Marie", "Lefèvre")


@pytest.mark.req("DIR-1")
@pytest.mark.parametrize(
    ("name", "language", "full"),
    [
        (PersonName("Jane", "Doe", "Q.", "Dr.", "Jr."), "en", "Dr. Jane Q. Doe Jr."),
        (PersonName("János", "Kovács", prefix="Dr."), "hu", "Dr. Kovács János"),
        (PersonName("János", "Kovács"), "fr", "János Kovács"),
        (PersonName("太郎", "山田"), "ja", "山田太郎"),
        (PersonName("太郎", "山田"), "en", "山田太郎"),
        (PersonName("민수", "김"), "fr", "김민수"),
        (PersonName("さくら", "やまだ"), "ja", "やまださくら"),
        (PersonName("ジョン", "スミス"), "en", "ジョン スミス"),
        (PersonName("Taro", "Yamada"), "ja-JP", "Yamada Taro"),
        (PersonName("Anh", "Nguyễn", "Văn"), "vi", "Nguyễn Văn Anh"),
        (PersonName("Jane", "Doe", full="J. D."), "en", "J. D."),
        (PersonName(nickname="Jo"), "en", "Jo"),
        (PersonName("Jo", prefix="Ms"), "en", "Ms Jo"),
        (PersonName(), "en", ""),
    ],
)
def test_a_name_is_written_as_its_language_and_script_order_it(name: PersonName, language: str, full: str) -> None:
    assert name.full_name(language) == full


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize(
    ("family", "netherlands", "belgium"),
    [
        ("van Damme", "Damme Jan van", "van Damme Jan"),
        ("Van Damme", "Damme Jan Van", "Van Damme Jan"),
        ("van der Berg", "Berg Jan van der", "van der Berg Jan"),
        ("'t Hof", "Hof Jan 't", "t Hof Jan"),
        ("’t Hof", "Hof Jan ’t", "t Hof Jan"),
        ("in 't Veld", "Veld Jan in 't", "in 't Veld Jan"),
        ("De", "De Jan", "De Jan"),
        ("Vos", "Vos Jan", "Vos Jan"),
    ],
)
def test_the_netherlands_file_particles_behind_the_name(family: str, netherlands: str, belgium: str) -> None:
    name = PersonName("Jan", family)
    assert (name.sort_name("nl"), name.sort_name("nl-NL"), name.sort_name("nl-BE")) == (
        netherlands,
        netherlands,
        belgium,
    )
    assert name.full_name("nl") == f"Jan {family}"
    assert name.sort_name("fr") == f"{family} Jan"


@pytest.mark.req("DIR-9")
@pytest.mark.parametrize(
    ("name", "language", "sort"),
    [
        (PersonName("Jane", "Doe", "Q.", "Dr.", "Jr.", full="J. D."), "en", "Doe Jane Q."),
        (PersonName("太郎", "山田", phonetic_given="たろう", phonetic_family="やまだ"), "ja", "やまだ たろう"),
        (PersonName("太郎", "山田", phonetic_given="たろう", phonetic_family="やまだ"), "en", "山田 太郎"),
        (PersonName(full="Cher"), "en", "Cher"),
        (PersonName(nickname="Jo"), "en", "Jo"),
        (PersonName(), "en", ""),
    ],
)
def test_the_directory_orders_by_family_name(name: PersonName, language: str, sort: str) -> None:
    assert name.sort_name(language) == sort


@pytest.mark.req("IMP-1")
@pytest.mark.parametrize(
    ("text", "language", "parts"),
    [
        ("Jane Doe", "en", ("", "Jane", "", "Doe", "")),
        ("Madonna", "en", ("", "Madonna", "", "", "")),
        ("Doe, Jane", "en", ("", "Jane", "", "Doe", "")),
        ("Doe, Dr. Jane Q., Jr.", "en", ("Dr.", "Jane", "Q.", "Doe", "Jr.")),
        ("van Gogh, Vincent", "nl", ("", "Vincent", "", "van Gogh", "")),
        ("Jean de la Fontaine", "fr", ("", "Jean", "", "de la Fontaine", "")),
        ("Prof. Dr. Hans von der Heide", "de", ("Prof. Dr.", "Hans", "", "von der Heide", "")),
        ("Dr. med. Hans Müller", "en", ("Dr. med.", "Hans", "", "Müller", "")),
        ("Frau Prof. Dr. rer. nat. Ada von Ems", "de", ("Frau Prof. Dr. rer. nat.", "Ada", "", "von Ems", "")),
        ("Dr.-Ing. Karl Benz", "en", ("Dr.-Ing.", "Karl", "", "Benz", "")),
        ("Dr.med. Karl Benz", "de", ("Dr.med.", "Karl", "", "Benz", "")),
        ("Med. Hans Müller", "en", ("", "Med.", "Hans", "Müller", "")),
        ("Dr. Nat Cole", "en", ("Dr.", "Nat", "", "Cole", "")),
        ("Herr Müller", "de", ("Herr", "", "", "Müller", "")),
        ("M. Dupont", "fr", ("M.", "", "", "Dupont", "")),
        ("M. Night Shyamalan", "en", ("", "M.", "Night", "Shyamalan", "")),
        ("Mme Marie Curie", "fr", ("Mme", "Marie", "", "Curie", "")),
        ("Martin Luther King Jr.", "en", ("", "Martin", "Luther", "King", "Jr.")),
        ("Jane Roe, PMP", "en", ("", "Jane", "", "Roe", "PMP")),
        ("Jane Roe, PhD, XYZ", "en", ("", "Jane", "", "Roe", "PhD XYZ")),
        ("Jane Roe, CISSP, PhD", "en", ("", "Jane", "", "Roe", "CISSP PhD")),
        ("Jane Roe, EdD", "en", ("", "Jane", "", "Roe", "EdD")),
        ("Jane Roe, R.N.", "en", ("", "Jane", "", "Roe", "R.N.")),
        ("Jane Roe, M.Sc.", "en", ("", "Jane", "", "Roe", "M.Sc.")),
        ("Jane Roe, Ph. D., PMP", "en", ("", "Jane", "", "Roe", "Ph. D. PMP")),
        ("Jane ROE, PMP", "fr", ("", "Jane", "", "ROE", "PMP")),
        ("Doe, Jane, PMP", "en", ("", "Jane", "", "Doe", "PMP")),
        ("DOE, JANE, PMP", "en", ("", "JANE", "", "DOE", "PMP")),
        ("Hans Müller, Dipl.-Ing.", "de", ("Dipl.-Ing.", "Hans", "", "Müller", "")),
        ("Müller, Hans, Dr.", "de", ("Dr.", "Hans", "", "Müller", "")),
        ("Müller, Dr.", "de", ("Dr.", "", "", "Müller", "")),
        ("Jan Kowalski, mgr inż.", "pl", ("mgr inż.", "Jan", "", "Kowalski", "")),
        ("Mario Rossi, dott.", "it", ("dott.", "Mario", "", "Rossi", "")),
        ("King Jr., Martin Luther", "en", ("", "Martin", "Luther", "King", "Jr.")),
        ("García Márquez, Ana", "es", ("", "Ana", "", "García Márquez", "")),
        ("GARCÍA MÁRQUEZ, ANA", "es", ("", "ANA", "", "GARCÍA MÁRQUEZ", "")),
        ("GARCÍA MÁRQUEZ, ANA", "en", ("", "ANA", "", "GARCÍA MÁRQUEZ", "")),
        ("García Márquez, J. L.", "es", ("", "J.", "L.", "García Márquez", "")),
        ("Smith Jones, Jo", "en", ("", "Jo", "", "Smith Jones", "")),
        ("Smith Jones, LaToya", "en", ("", "LaToya", "", "Smith Jones", "")),
        ("van der Berg, JAN", "nl", ("", "JAN", "", "van der Berg", "")),
        ("Berg, Jan van der", "nl", ("", "Jan", "", "van der Berg", "")),
        ("Berg, Jan, van der", "nl", ("", "Jan", "", "van der Berg", "")),
        ("Berg, van der, Jan", "nl", ("", "Jan", "", "van der Berg", "")),
        ("Berg van der, Jan", "nl", ("", "Jan", "", "van der Berg", "")),
        ("BERG, JAN VAN DER", "nl", ("", "JAN", "", "VAN DER BERG", "")),
        ("Veld, Jan in 't", "nl", ("", "Jan", "", "in 't Veld", "")),
        ("Jan in 't Veld", "nl", ("", "Jan", "", "in 't Veld", "")),
        ("Goethe, Johann Wolfgang von", "de", ("", "Johann", "Wolfgang", "von Goethe", "")),
        ("Heide, Karl auf der", "de", ("", "Karl", "", "auf der Heide", "")),
        ("Fontaine, Jean de la", "fr", ("", "Jean", "", "de la Fontaine", "")),
        ("Silva, João da", "pt", ("", "João", "", "da Silva", "")),
        ("Nguyen, Thi Van", "en", ("", "Thi", "Van", "Nguyen", "")),
        ("Ronald Mc Donald", "en", ("", "Ronald", "", "Mc Donald", "")),
        ("Sean O' Brien", "en", ("", "Sean", "", "O' Brien", "")),
        ("JRR Tolkien", "en", ("", "JRR", "", "Tolkien", "")),
        ("LEE Ann", "en", ("", "Ann", "", "LEE", "")),
        ("VLK Petr", "cs", ("", "Petr", "", "VLK", "")),
        ("Ivan Petrov VI", "en", ("", "Ivan", "", "Petrov", "VI")),
        ("Louis Bourbon XIV", "fr", ("", "Louis", "", "Bourbon", "XIV")),
        ("Nguyen Thi Vi", "en", ("", "Nguyen", "Thi", "Vi", "")),
        ("Jane Doe, PhD, MBA", "en", ("", "Jane", "", "Doe", "PhD MBA")),
        ("Yo-Yo Ma", "en", ("", "Yo-Yo", "", "Ma", "")),
        ("Al Gore", "en", ("", "Al", "", "Gore", "")),
        ("Don Draper", "en", ("", "Don", "", "Draper", "")),
        ("Gabriel García Márquez", "es", ("", "Gabriel", "", "García Márquez", "")),
        ("José Ortega y Gasset", "es", ("", "José", "", "Ortega y Gasset", "")),
        ("Kovács János", "hu", ("", "János", "", "Kovács", "")),
        ("Nguyễn Văn Anh", "vi", ("", "Anh", "Văn", "Nguyễn", "")),
        ("山田 太郎", "en", ("", "太郎", "", "山田", "")),
        ("山田太郎", "ja", ("", "山田太郎", "", "", "")),
        ("Dr.", "en", ("", "Dr.", "", "", "")),
        (", Jane", "en", ("", "Jane", "", "", "")),
        ("Jr.", "en", ("", "Jr.", "", "", "")),
        (" , ", "en", ("", "", "", "", "")),
    ],
)
def test_a_whole_name_is_taken_apart_with_care(text: str, language: str, parts: tuple[str, ...]) -> None:
    name = split_full_name(text, language)
    assert (name.prefix, name.given, name.middle, name.family, name.suffix) == parts
    assert name.full == " ".join(text.split())


def test_a_name_knows_whether_anything_is_known() -> None:
    assert PersonName().is_empty
    assert not PersonName(nickname="Jo").is_empty


def test_a_part_that_cannot_be_stored_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        PersonName("x" * 1_001)
    assert refused.value.code == "text-too-long"
