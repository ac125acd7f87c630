"""Files with headers in each known language, as an address book of that country writes them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contactcore.formats import tabular
from contactcore.formats.tabular import headers
from contactcore.formats.tabular.headers import LANGUAGES, meaning_of, normal_header, recognised
from formats.tabular.test_known_exports import EXPORTS
from support.seeds import examples

pytestmark = pytest.mark.req("IMP-1")

FILES = {
    "pt": "Nome;Sobrenome;Empresa;Cargo;Endereço;Cidade;CEP;País;Telefone;Celular;E-mail;Data de nascimento;"
    "Observações",
    "sv": "Förnamn;Efternamn;Företag;Befattning;Gatuadress;Ort;Postnummer;Land;Telefon;Mobil;E-post;Födelsedag;"
    "Noteringar",
    "da": "Fornavn;Efternavn;Virksomhed;Stilling;Adresse;By;Postnr.;Land;Tlf.;Mobil;E-mailadresse;Fødselsdag;"
    "Bemærkninger",
    "nb": "Fornavn;Etternavn;Bedrift;Stilling;Gateadresse;Poststed;Postnr;Land;Tlf;Mobil;E-post;Fødselsdato;Merknader",
    "fi": "Etunimi;Sukunimi;Yritys;Tehtävä;Katuosoite;Kaupunki;Postinumero;Maa;Puhelin;Matkapuhelin;Sähköposti;"
    "Syntymäaika;Huomiot",
    "cs": "Jméno;Příjmení;Společnost;Funkce;Ulice;Město;PSČ;Země;Telefon;Mobil;E-mail;Datum narození;Poznámka",
    "sk": "Meno;Priezvisko;Spoločnosť;Funkcia;Ulica;Mesto;PSČ;Krajina;Telefón;Mobil;E-mail;Dátum narodenia;Poznámka",
    "hu": "Keresztnév;Vezetéknév;Cég;Beosztás;Utca;Város;Irányítószám;Ország;Telefonszám;Mobil;E-mail cím;"
    "Születési dátum;Megjegyzés",
    "ro": "Prenume;Nume;Firmă;Funcție;Strada;Oraș;Cod poștal;Țara;Telefon;Mobil;E-mail;Data nașterii;Observații",
    "tr": "Ad;Soyad;Şirket;Görev;Sokak;Şehir;Posta kodu;Ülke;Telefon;Cep telefonu;E-posta;Doğum tarihi;Notlar",
    "ru": "Имя;Фамилия;Компания;Должность;Улица;Город;Индекс;Страна;Телефон;Мобильный;Эл. почта;Дата рождения;"
    "Примечание",
    "uk": "Ім'я;Прізвище;Компанія;Посада;Вулиця;Місто;Індекс;Країна;Телефон;Мобільний;Електронна пошта;Дата народження;"
    "Примітка",
    "ja": "名;姓;会社名;役職;住所;市区町村;郵便番号;国;電話番号;携帯電話;メールアドレス;生年月日;備考",
    "zh": "名字;姓氏;公司名称;职位;地址;城市;邮政编码;国家;电话;手机;电子邮箱;出生日期;备注",
}
FIELDS = [
    *("given", "family", "company", "position", "addresses.street", "addresses.city", "addresses.postal_code"),
    *("addresses.country", "phones", "phones[mobile]", "emails", "birthday", "notes"),
]


@pytest.mark.parametrize("workspace", ["en", "own"])
@pytest.mark.parametrize("language", FILES)
def test_the_columns_of_a_file_in_another_language_are_known(language: str, workspace: str) -> None:
    table = tabular.read(f"{FILES[language]}\n", language="en" if workspace == "en" else language)
    assert [column.field for column in table.mapping.columns] == FIELDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_header_of_a_list_means_what_the_list_says(language: str) -> None:
    lists = headers._module(language).EXACT
    found = {
        (label, field): meaning_of(label, language) for field, labels in lists.items() for label in labels.split("|")
    }
    assert {key: meaning for key, meaning in found.items() if meaning != key[1]} == {}


def test_a_patronymic_in_a_full_name_is_the_middle_name() -> None:
    (row,) = tabular.read("ФИО;Телефон\nИванова Анна Петровна;+7 912 345-67-89\n", language="ru")
    assert (row.draft.family, row.draft.given, row.draft.middle) == ("Иванова", "Анна", "Петровна")


@pytest.mark.parametrize(
    ("headers_", "fields"),
    [
        ("Company,Contact 1 Name,Contact 1 Email", ["company", "full_name", "emails"]),
        ("Company,Contact 1 Name,Contact 2 Name,Contact 2 Email", ["company", "full_name", "ignore", "ignore"]),
        (
            "Firma,Ansprechpartner 1,Ansprechpartner 2,Ansprechpartner 2 E-Mail",
            ["company", "full_name", "ignore", "ignore"],
        ),
    ],
)
def test_the_address_of_a_second_person_in_a_row_is_nobodys_own(headers_: str, fields: list[str]) -> None:
    table = tabular.read(f"{headers_}\n")
    assert [column.field for column in table.mapping.columns] == fields


_WORDS = sorted(
    {
        word
        for language in LANGUAGES
        for known in (headers._exact(language), headers._words(language))
        for text in known
        for word in (text, *text.split())
    }
)
_SIGNS = (
    "",
    " ",
    "-",
    " 2 ",
    " 1 - ",
    " (",
    ")",
    "'s ",
    ": ",
    "_",
    "Contact 2 ",
    "Person - ",
    "X",
    "é",
    "ß",
    "mail",
    "in",
)
_CELLS = st.one_of(
    st.sampled_from(sorted({header for _, columns in EXPORTS.values() for header in columns.split("|")})),
    st.lists(st.one_of(st.sampled_from(_WORDS), st.sampled_from(_SIGNS)), min_size=1, max_size=6).map("".join),
    st.text(max_size=12),
)


@given(_CELLS, st.sampled_from([str, str.title, str.upper]))
@settings(max_examples=examples(300))
def test_a_cell_is_recognised_if_some_language_knows_it(cell: str, written) -> None:
    cell = written(cell)
    meanings = [meaning_of(cell, language) for language in LANGUAGES]
    assert recognised(cell) == any(one is not None and not one.startswith("?phones") for one in meanings)


@given(st.text("abcdefghilmnt ", max_size=24))
@settings(max_examples=examples(300))
def test_a_header_in_its_normal_form_stays_as_it_is(header: str) -> None:
    # A header with an accent is normalised letter by letter.
    assert normal_header(header) == normal_header(header.replace("e", "é"))
    assert normal_header(normal_header(header)) == normal_header(header)
