"""Cells that say whether a row is about a person or a company, in the words of other programs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from contactcore.formats.tabular.content import names_company
from contactcore.formats.tabular.headers import normal_header
from contactcore.values.written_values import read_yes_no

__all__ = ["names_kind", "only_kinds", "said_kind"]

_WORDS = {
    "company": (
        *(
            "company",
            "organization",
            "fa.",
            "sté",
            "organisation",
            "business",
            "firm",
            "corporation",
            "corporate",
            "legal entity",
        ),
        *("société", "entreprise", "personne morale", "firma", "unternehmen", "juristische Person", "osoba prawna"),
        *("organizacja", "przedsiębiorstwo", "empresa", "organización", "persona jurídica", "sociedad", "compañía"),
        *("azienda", "società", "impresa", "ditta", "organizzazione", "persona giuridica", "bedrijf", "organisatie"),
        *("rechtspersoon", "pessoa jurídica", "organização", "PJ", "företag", "virksomhed", "bedrift", "organisasjon"),
        *("yritys", "organisaatio", "společnost", "právnická osoba", "organizace", "spoločnosť"),
        *("cég", "jogi személy", "companie", "persoană juridică", "societate", "şirket", "tüzel kişi", "kurumsal"),
        *("организация", "компания", "юридическое лицо", "юр. лицо", "юрлицо", "организація", "компанія"),
        *("юридична особа", "会社", "法人", "企業", "公司", "企业", "单位", "單位", "组织", "組織"),
    ),
    "person": (
        *("person", "individual", "contact", "private person", "natural person", "personne", "particulier", "individu"),
        *("personne physique", "privatperson", "natürliche Person", "osoba", "osoba fizyczna", "osoba prywatna"),
        *("persona", "particular", "individuo", "persona física", "privato", "persona fisica", "persoon"),
        *("natuurlijk persoon", "pessoa", "pessoa física", "PF", "henkilö", "yksityishenkilö", "fyzická osoba"),
        *("személy", "magánszemély", "természetes személy", "persoană", "persoană fizică", "kişi", "gerçek kişi"),
        *("bireysel", "физическое лицо", "физ. лицо", "физлицо", "частное лицо", "человек", "фізична особа", "особа"),
        *("個人", "个人"),
    ),
}
_LONGEST = 40


@cache
def _known() -> dict[str, str]:
    return {normal_header(word): kind for kind, words in _WORDS.items() for word in words}


@lru_cache(1_024)
def said_kind(text: str, language: str = "en") -> str:
    """Return `"company"` or `"person"` as a cell says; `""` if it says neither.

    Args:
        text: Cell of a column such as `Is a company` or `Company type`.
        language: Language of the file, for yes and no; `"en"` by default.

    >>> said_kind("Société"), said_kind("individual"), said_kind("oui", "fr"), said_kind("False"), said_kind("VIP")
    ('company', 'person', 'company', 'person', '')
    """
    if len(text) > _LONGEST:
        return ""
    kind = _known().get(normal_header(text))
    if kind is None:
        answer = read_yes_no(text, language)
        return "" if answer is None else "company" if answer else "person"
    return kind


def names_kind(text: str) -> str:
    """Return `"company"` or `"person"` if a salutation is a word for it; `""` for any other.

    >>> names_kind("Firma"), names_kind("Fa."), names_kind("SARL"), names_kind("Frau"), names_kind("1")
    ('company', 'company', 'company', '', '')
    """
    if len(text) > _LONGEST:
        return ""
    return "company" if names_company(f"A {text}") else _known().get(normal_header(text), "")


def only_kinds(cells: Iterable[str]) -> bool:
    """Return whether there are cells, and each that is not empty names a kind by a word.

    >>> only_kinds(["Company", "", "Individual"]), only_kinds(["Company", "Supplier"]), only_kinds(["1", "0"])
    (True, False, False)
    """
    texts = {text for cell in cells if (text := cell.strip())}
    return bool(texts) and all(len(text) <= _LONGEST and normal_header(text) in _known() for text in texts)
