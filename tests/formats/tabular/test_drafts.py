"""What rows become: several values in a cell, labels, stars, addresses, dates, and what the caller maps."""

from __future__ import annotations

import pytest

from contactcore.errors import Invalid
from contactcore.formats import tabular
from contactcore.formats.drafts import Draft
from contactcore.formats.tabular.cells import split_emails
from contactcore.formats.tabular.phone_cells import split_phones
from contactcore.values.written_dates import read_date

pytestmark = pytest.mark.req("IMP-1")


def only(text: str, **options: str) -> Draft:
    (row,) = tabular.read(text, **options)  # type: ignore[arg-type] # names and texts fit
    return row.draft


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("a@x.fr", ["a@x.fr"]),
        ("a@x.fr ::: b@x.fr", ["a@x.fr", "b@x.fr"]),
        ("a@x.fr; b@x.fr,c@x.fr\nd@x.fr", ["a@x.fr", "b@x.fr", "c@x.fr", "d@x.fr"]),
        ("a@x.fr/b@x.fr", ["a@x.fr", "b@x.fr"]),
        ("a@x.fr b@x.fr", ["a@x.fr", "b@x.fr"]),
        ("Jo <a@x.fr>; Al <b@x.fr>", ["Jo <a@x.fr>", "Al <b@x.fr>"]),
        ("a@x.fr; none", ["a@x.fr", "none"]),
        ("no address", ["no address"]),
    ],
)
def test_addresses_in_one_cell_are_parted(cell: str, expected: list[str]) -> None:
    assert split_emails(cell) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("+33 1 44 55 66 77 ::: 06 12 34 56 78", ["+33 1 44 55 66 77", "06 12 34 56 78"]),
        ("0711/1234567", ["0711/1234567"]),
        ("0711/1234567-12", ["0711/1234567-12"]),
        ("0711 123456,12", ["0711 123456,12"]),
        ("+49 (0)30 / 1234567", ["+49 (0)30 / 1234567"]),
        ("089/1234567, 0171/2345678", ["089/1234567", "0171/2345678"]),
        ("01 23 45 67 89 / 06 12 34 56 78", ["01 23 45 67 89", "06 12 34 56 78"]),
        ("1-955-371-0847 x371", ["1-955-371-0847 x371"]),
        ("+1 202 555 0111,,1234567#", ["+1 202 555 0111,,1234567#"]),
        ("01 44;01 45", ["01 44", "01 45"]),
    ],
)
def test_a_slash_or_comma_parts_phone_numbers_only_between_whole_ones(cell: str, expected: list[str]) -> None:
    assert split_phones(cell) == expected


def test_a_star_marks_the_first_value_and_system_groups_are_no_tags() -> None:
    draft = only(
        "First Name,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value\n"
        'Jo,"Clients, big ::: * myContacts",Home,a@x.fr,* Work,b@x.fr ::: c@x.fr\n'
    )
    assert [(email.text, email.kind) for email in draft.emails] == [
        ("b@x.fr", "work"),
        ("c@x.fr", "work"),
        ("a@x.fr", "home"),
    ]
    assert draft.tags == ("Clients, big",)
    assert draft.unmapped == {"Labels": "* myContacts"}


def test_tags_are_parted_and_none_is_doubled() -> None:
    assert only("Name,Tags\nJo,a; b|c,a\n".replace("a; b|c,a", '"a; b|c,a"')).tags == ("a", "b", "c")


def test_the_lines_of_a_street_are_joined_and_each_kind_is_one_address() -> None:
    draft = only("Name,Business Street 2,Business Street,Home City,Business City\nJo,2nd floor,1 High St,Cork,Dublin\n")
    work, home = draft.addresses
    assert (work.label, work.street, work.city) == ("work", "1 High St\n2nd floor", "Dublin")
    assert (home.label, home.city, home.column) == ("home", "Cork", "Home City")


def test_googles_address_group_may_hold_several_addresses() -> None:
    draft = only(
        "First Name,Address 1 - Label,Address 1 - Street,Address 1 - City\nJo,Home,1 rue A ::: 2 rue B,Paris ::: Lyon\n"
    )
    assert [(a.label, a.street, a.city) for a in draft.addresses] == [
        ("home", "1 rue A", "Paris"),
        ("home", "2 rue B", "Lyon"),
    ]


def test_a_display_name_before_an_address_is_kept_beside_it() -> None:
    draft = only('E-mail,Name\n"Jo Doe <jo@x.fr>",Jo\n')
    assert draft.emails[0].text == "jo@x.fr"
    assert draft.unmapped == {"E-mail": "Jo Doe <jo@x.fr>"}


def test_an_exchange_path_is_no_e_mail_address() -> None:
    draft = only("First Name,E-mail Address,E-mail 2 Address\nJo,jo@x.fr,/o=ExchangeLabs/cn=jo\n")
    assert [email.text for email in draft.emails] == ["jo@x.fr"]
    assert draft.unmapped == {"E-mail 2 Address": "/o=ExchangeLabs/cn=jo"}


@pytest.mark.parametrize(
    ("header", "cell", "options", "expected"),
    [
        ("Anniversaire", "03/04/1969", {}, "1969-04-03"),
        ("Birthday", "03/04/1969", {}, "1969-03-04"),
        ("Birthday", "03/04/1969", {"country": "GB"}, "1969-04-03"),
        ("Birthday", "03/04/1969", {"language": "fr"}, "1969-04-03"),
        ("Birthday", "2/29/1980", {"country": "FR"}, "1980-02-29"),
        ("Birthday", "3.4.69", {}, "1969-04-03"),
        ("Birthday", "3 avril 1969", {}, "1969-04-03"),
        ("Birthday", "Apr 3, 1969", {}, "1969-04-03"),
        ("Birthday", "1969-04-03T00:00:00Z", {}, "1969-04-03"),
        ("Birthday", "19690403", {}, "1969-04-03"),
        ("Birthday", "--04-03", {}, "--04-03"),
        ("Birthday", "0/0/00", {}, ""),
        ("Birthday", "0000-00-00", {}, ""),
    ],
)
def test_dates_are_read_in_the_files_order(header: str, cell: str, options: dict[str, str], expected: str) -> None:
    names = "Prénom,Nom" if header == "Anniversaire" else "First name,Last name"
    assert only(f'{names},{header}\nJo,Doe,"{cell}"\n', **options).birthday == expected


@pytest.mark.req("IMP-2")
@pytest.mark.parametrize("header", ["Birthday", "Anniversary"])
@pytest.mark.parametrize("cell", ["0/0/00", "0000-00-00", "0000-00-00 00:00:00"])
def test_what_programs_write_where_there_is_no_date_is_kept_beside_the_contact(header: str, cell: str) -> None:
    draft = only(f"First name,Last name,{header}\nJo,Doe,{cell}\n")
    assert (draft.birthday, draft.anniversary) == ("", "")
    assert draft.unmapped == {header: cell}


def test_one_date_that_can_be_read_one_way_only_decides_for_the_column() -> None:
    table = tabular.read("Name,Birthday\nJo,03/04/1969\nAl,25/12/1980\n")
    assert table.mapping.day_first_certain
    assert [row.draft.birthday for row in table] == ["1969-04-03", "1980-12-25"]


def test_an_order_that_is_only_assumed_is_mentioned() -> None:
    assert [p.code for p in tabular.read("Name,Birthday\nJo,03/04/1969\n").problems] == ["date-order-assumed"]


def test_a_date_that_cannot_be_read_is_kept_and_reported() -> None:
    (row,) = tabular.read("Name,Birthday\nJo,31/02/1969\n")
    assert row.draft.birthday == ""
    assert row.draft.unmapped == {"Birthday": "31/02/1969"}
    assert [(problem.code, problem.path) for problem in row.problems] == [("date-unreadable", "Birthday")]


def test_a_date_in_parts_is_put_together() -> None:
    assert only("Name,Birth Year,Birth Month,Birth Day\nJo,1969,4,3\n").birthday == "1969-04-03"
    assert only("Name,Birth Year,Birth Month,Birth Day\nJo,,4,3\n").birthday == "--04-03"
    assert only("Name,Birth Year,Birth Month,Birth Day\nJo,1969,13,3\n").unmapped == {
        "Birth Year": "1969",
        "Birth Month": "13",
        "Birth Day": "3",
    }


@pytest.mark.parametrize(("text", "year"), [("1/1/29", "2029"), ("1/1/30", "1930")])
def test_years_of_two_digits_are_read_as_spreadsheets_do(text: str, year: str) -> None:
    assert read_date(text, day_first=True) == (f"{year}-01-01", False)


def test_an_event_is_an_anniversary_by_its_label_and_kept_otherwise() -> None:
    header = "First Name,Event 1 - Label,Event 1 - Value,E-mail 1 - Label\n"
    assert only(header + "Jo,Anniversary,1999-05-01,\n").anniversary == "1999-05-01"
    assert only(header + "Jo,Graduation,1999-05-01,\n").unmapped == {
        "Event 1 - Label": "Graduation",
        "Event 1 - Value": "1999-05-01",
    }


def test_a_second_column_for_one_field_fills_it_or_is_kept() -> None:
    header = "company_name,company,Name\n"
    assert only(header + ",Acme,Jo\n").company == "Acme"
    assert only(header + "Acme,Acme,Jo\n").unmapped == {}
    draft = only(header + "Acme,Globex,Jo\n")
    assert (draft.company, draft.unmapped) == ("Acme", {"company": "Globex"})


def test_a_company_alone_is_a_company_and_an_address_alone_is_a_contact() -> None:
    assert only("First name,Company,E-mail\n,Acme,\n").is_company
    draft = only("First name,Company,E-mail\n,,x@x.fr\n")
    assert not draft.is_company
    assert not draft.is_empty


def test_how_a_contact_is_filed_is_its_name_only_if_it_has_no_other() -> None:
    assert only("First Name,File As,Labels\n,Doe Jo,\n").full_name == "Doe Jo"
    draft = only("First Name,File As,Labels\nJo,Doe Jo,\n")
    assert (draft.full_name, draft.unmapped) == ("", {"File As": "Doe Jo"})


def test_the_callers_mapping_wins() -> None:
    text = "Name,Ref,Secret\nJo,17,x\n"
    draft = only(text)
    assert draft.unmapped == {"Ref": "17", "Secret": "x"}
    mapping = {"Ref": "external_id", "Secret": "drop", "Name": "company"}
    (row,) = tabular.read(text, mapping=mapping)
    assert (row.draft.company, row.draft.external_id, row.draft.unmapped) == ("Jo", "17", {})
    assert row.draft.cells["company"] == "Name"
    (same,) = tabular.read(text).with_mapping(mapping)
    assert same.draft == row.draft


def test_values_are_mapped_to_kinds_that_the_caller_names() -> None:
    (row,) = tabular.read("Name,A,B\nJo,+33 1 44,Paris\n", mapping={"A": "phones[pager]", "B": "addresses[home].city"})
    assert (row.draft.phones[0].kind, row.draft.addresses[0].label) == ("pager", "home")


def test_all_faults_of_a_mapping_are_listed_at_once() -> None:
    with pytest.raises(Invalid) as caught:
        tabular.read("Name\nJo\n", mapping={"Name": "nmae", "No such": "given"})
    assert [problem.code for problem in caught.value.problems] == ["mapping-field", "mapping-header"]
    assert "full_name" in caught.value.reason


@pytest.mark.parametrize(
    "field", ["emails[2].label", "addresses.city", "phones[work]", "birthday.year", *tabular.FIELDS]
)
def test_every_field_that_is_shown_can_be_named(field: str) -> None:
    name = field.replace("KIND", "work").replace("[N]", "[1]").replace("NETWORK", "github")
    assert tabular.read("Name\nJo\n", mapping={"Name": name}).mapping.as_dict() == {"Name": name}
    list(tabular.read("Name\nJo\n", mapping={"Name": name}))


@pytest.mark.parametrize("field", ["", "emails.city", "addresses", "given[1]", "dates", "nothing", "birthday.hour"])
def test_a_field_that_does_not_exist_is_refused(field: str) -> None:
    with pytest.raises(Invalid):
        tabular.read("Name\nJo\n", mapping={"Name": field})
