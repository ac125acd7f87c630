"""The detection of a file's encoding: byte order mark, pattern of NULs, strict UTF-8, and then code pages.

General detectors fail on text with few accents. Therefore code pages are scored by the letters that the languages use,
and the workspace's language is preferred. charset-normalizer is used only if no code page fits.
"""

from __future__ import annotations

import codecs
import re
from functools import cache

from contactcore.errors import Invalid
from contactcore.frozen import frozen

__all__ = ["Encoding", "detect_encoding", "fallback_of", "known_encoding", "text_codec"]

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_WEST = "àâäáãåæçèéêëìíîïñòóôöõøœùúûüýÿßªº"
_LETTERS = {
    "west": _WEST,
    "pl": "ąćęłńóśźż",
    "cs": "áčďéěíňóřšťúůýžäľĺŕôö",
    "hu": "áéíóöőúüű",
    "hr": "čćđšž",
    "ro": "ăâîșțşţ",
    "tr": "çğıöşüâîûi̇",
    "ru": "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўјљњћџђ",
    "el": "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώςϊϋΐΰ",
    "lt": "ąčęėįšųūžāēģīķļņō",
    "he": "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
    "ar": "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگًٌٍَُِّْـ،؛؟",
}
_PREFERRED = {
    "fr": "àâæçéèêëîïôœùûüÿ",
    "de": "äöüßéèà",
    "es": "áéíóúñüçºª",
    "it": "àèéìíîòóùú",
    "pt": "áâãàçéêíóôõúü",
    "nl": "éëïóöü",
    "sv": "åäöéü",
    "da": "æøåéöü",
    "nb": "æøåéöü",
    "fi": "åäöéü",
}
_GROUP = {"pl": "pl", "cs": "cs", "sk": "cs", "hu": "hu", "hr": "hr", "sl": "hr", "bs": "hr", "ro": "ro", "tr": "tr"}
_GROUP |= {"ru": "ru", "uk": "ru", "bg": "ru", "sr": "ru", "be": "ru", "mk": "ru", "el": "el", "he": "he"}
_GROUP |= {"ar": "ar", "fa": "ar", "ur": "ar"}
_GROUP |= {"lt": "lt", "lv": "lt", "et": "lt"}
_CANDIDATES = (
    ("cp1252", "west"),
    ("cp1250", "pl"),
    ("cp1250", "cs"),
    ("cp1250", "hu"),
    ("cp1250", "hr"),
    ("cp1250", "ro"),
    ("iso-8859-2", "pl"),
    ("iso-8859-2", "cs"),
    ("iso-8859-2", "hu"),
    ("cp1251", "ru"),
    ("koi8-r", "ru"),
    ("koi8-u", "ru"),
    ("cp866", "ru"),
    ("iso-8859-5", "ru"),
    ("cp1254", "tr"),
    ("cp1253", "el"),
    ("cp1257", "lt"),
    ("cp1255", "he"),
    ("cp1256", "ar"),
    ("mac-roman", "west"),
    ("iso-8859-15", "west"),
    ("cp850", "west"),
    ("mac-latin2", "pl"),
    ("cp852", "pl"),
    ("cp852", "cs"),
    ("cp852", "hu"),
    ("mac-cyrillic", "ru"),
)
_ASIAN = {"ja": ("cp932", "euc_jp"), "zh": ("gb18030", "big5"), "ko": ("cp949",)}
# The strictest codec is tried first, because some codecs decode nearly any bytes.
_ASIAN_TRIED = {
    "ja": (("euc_jp", "euc_jp"), ("cp932", "cp932")),
    "zh": (("gb2312", "gb18030"), ("big5", "big5"), ("gb18030", "gb18030")),
    "ko": (("cp949", "cp949"),),
}
_FOREIGN_WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
_MIXED = re.compile(r"(?<=[A-Za-z])[\u0370-\u06ff]|[\u0370-\u06ff](?=[A-Za-z])")
_OTHER_SCRIPTS = ("ru", "el", "he", "ar")
_DENSE_FROM = 14
# Portuguese has õ before e, and Estonian uses it with ä. In other languages õ is a wrongly decoded Hungarian ő.
_TILDES = ("pt", "et")
_HUNGARIAN = re.compile("[õÕ](?![eE])")
_TYPOGRAPHY = "’‘“”„«»…–—€§°·•´©®™\xa0"


@frozen
class Encoding:
    """The encoding of a file.

    Attributes:
        name: Python codec that can decode any single line; those of UTF-16 and UTF-32 name their byte order.
        bom: Bytes of the byte order mark; `b""` for none.
        how: Origin of the encoding: `"bom"`, `"nul-pattern"`, `"utf-8"`, `"letters"`, `"charset-normalizer"` or
            `"given"`.
        fallback: Codec for lines that `name` cannot decode.
    """

    name: str
    bom: bytes
    how: str
    fallback: str

    @property
    def codec(self) -> str:
        """The Python codec of the whole file, its byte order mark included."""
        if not self.bom:
            return self.name
        return "utf-8-sig" if self.name == "utf-8" else self.name.removesuffix("-le").removesuffix("-be")

    @property
    def wide(self) -> bool:
        """Whether a character takes at least two bytes."""
        return self.name.startswith(("utf-16", "utf-32"))


def fallback_of(language: str) -> str:
    """Return the code page that older programs use for a language.

    >>> fallback_of("pl"), fallback_of("fr")
    ('cp1250', 'cp1252')
    """
    if language in _ASIAN:
        return _ASIAN[language][0]
    group = _GROUP.get(language, "west")
    return next(name for name, letters in _CANDIDATES if letters == group)


def text_codec(name: str) -> str:
    """Return Python's name of a text encoding.

    Raises:
        Invalid: `encoding-unknown` for an unknown name, or a codec that is not for text.

    >>> text_codec("latin1")
    'iso8859-1'
    """
    try:
        info = codecs.lookup(name)
        if not info._is_text_encoding:  # noqa: SLF001 - nothing else marks codecs such as zlib
            raise LookupError(name)  # noqa: TRY301 - refused in the same way as an unknown name
        codec = info.name
    except (LookupError, ValueError, TypeError) as error:
        raise Invalid(
            "encoding-unknown", "There is no such encoding. Try utf-8 or cp1252.", path="encoding", value=name
        ) from error
    return codec


def known_encoding(name: str, sample: bytes, language: str) -> Encoding:
    """Return the encoding that the caller names, and detect its byte order if the name leaves it open.

    Args:
        name: Name of a Python codec.
        sample: Beginning of the file.
        language: Language of the workspace, which decides the fallback.

    Raises:
        Invalid: `encoding-unknown` for an unknown encoding, or one that cannot be read line by line.
    """
    codec = text_codec(name)
    codec = "utf-8" if codec == "utf-8-sig" else codec
    for bom, marked in _BOMS:
        if sample.startswith(bom) and marked.startswith(codec.removesuffix("-le").removesuffix("-be")):
            return Encoding(marked, bom, "given", fallback_of(language))
    if codec in {"utf-16", "utf-32"}:
        codec += "-be" if sample[:1] == b"\0" else "-le"
    if not codec.startswith(("utf-16", "utf-32")) and not _keeps_ascii(codec):
        raise Invalid(
            "encoding-unknown",
            "Tables in this encoding cannot be read line by line. Convert the file to UTF-8 first.",
            path="encoding",
            value=name,
        )
    return Encoding(codec, b"", "given", fallback_of(language))


def _keeps_ascii(codec: str) -> bool:
    try:
        return ',;\t\r\n"azAZ09'.encode(codec) == b',;\t\r\n"azAZ09' and b"\xe9\n".decode(codec, "replace") != "\xe9"
    except (UnicodeError, LookupError, ValueError):
        return False


def detect_encoding(sample: bytes, language: str = "en") -> Encoding:
    """Detect the encoding of a file from its first bytes.

    Args:
        sample: Beginning of the file; it may end in the middle of a character.
        language: Language of the workspace, whose code pages are preferred; `"en"` by default.

    >>> detect_encoding("Zażółć gęślą".encode("cp1250"), "en").name
    'cp1250'
    """
    fallback = fallback_of(language)
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return Encoding(name, bom, "bom", fallback)
    wide = _wide(sample)
    if wide:
        return Encoding(wide, b"", "nul-pattern", fallback)
    lines = sample.splitlines() or [b""]
    if len(sample) > 1 and not sample.endswith((b"\n", b"\r")) and len(lines) > 1:
        lines.pop()
    good = sum(1 for line in lines if not line.isascii() and _is_utf8(line))
    bad = [line for line in lines if not line.isascii() and not _is_utf8(line)]
    if len(lines) == 1 and bad and _is_utf8_start(sample):
        bad = []
    if not bad or good > len(bad) * 0.25:
        other = _code_page(bad, language) if bad else None
        return Encoding("utf-8", b"", "utf-8", other[0] if other else fallback)
    page = _code_page(bad, language)
    if page is not None:
        return Encoding(page[0], b"", page[1], fallback)
    return Encoding(fallback, b"", "letters", fallback)


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8_start(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _wide(sample: bytes) -> str | None:
    """Return the codec of UTF-16 or UTF-32 without a mark, in which nearly all NULs have the same place in a unit."""
    nuls = sample.count(0)
    if nuls * 20 < len(sample) or len(sample) < 4 or nuls == len(sample):
        return None
    for width, names in ((4, ("utf-32-le", "utf-32-be")), (2, ("utf-16-le", "utf-16-be"))):
        usable = sample[: len(sample) // width * width]
        last, first = usable[width - 1 :: width].count(0), usable[::width].count(0)
        units = len(usable) // width
        for name, many, few in ((names[0], last, first), (names[1], first, last)):
            if (width == 4 and many > units * 0.95 and nuls > units * 2) or (
                width == 2 and many >= nuls * 0.9 and few * 20 < units
            ):
                try:
                    codecs.getincrementaldecoder(name)().decode(usable)
                except UnicodeDecodeError:
                    continue
                return name
    return None


def _score(text: str, letters: frozenset[str]) -> float:
    """Score the non-ASCII characters of a text: 1 if each is a letter of the language, below 0 for garbled text."""
    total = points = 0.0
    previous = ""
    for char in text:
        if char > "\x7f":
            total += 1
            if char.casefold() in letters or char.lower() in letters:
                wrong_case = char.isupper() and previous.islower()
                points += -0.5 if wrong_case else 1
            elif char in _TYPOGRAPHY:
                points += 0.4 if not previous.isalpha() or char in "’–…”»\xa0" else -0.2
            elif char.isalpha():
                points -= 0.5
            else:
                points -= 1
        elif previous > "\x7f" and char.isupper() and previous.islower():
            points -= 0.5
        previous = char
    return points / total if total else 0.0


def _is_hungarian(text: str, language: str) -> bool:
    return language not in _TILDES and "ä" not in text.lower() and bool(_HUNGARIAN.search(text))


def _is_odd(codec: str, text: str) -> bool:
    """Return whether a Cyrillic or Greek text has no capitals (in KOI8 only capitals), like wrongly decoded Hebrew."""
    letters = "".join(char for char in text if char > "\x7f")
    return letters.upper() == letters if codec.startswith("koi8") else letters.lower() == letters


@cache
def _letters(group: str) -> frozenset[str]:
    return frozenset(_LETTERS[group]) | frozenset(_LETTERS[group].upper())


def _asian(data: bytes, language: str) -> str | None:
    for codec, wider in _ASIAN_TRIED.get(language, ()):
        try:
            codecs.getincrementaldecoder(codec)().decode(data)  # the last character may be cut in two
        except UnicodeDecodeError:
            continue
        return wider
    return None


def _code_page(lines: list[bytes], language: str) -> tuple[str, str] | None:
    """Return the best code page and the origin of the answer."""
    data = b"\n".join(lines)[:65536]
    own = _GROUP.get(language, "west")
    best, best_score = None, 0.7
    if asian := _asian(data, language):
        return asian, "letters"
    words = b"".join(_FOREIGN_WORD.findall(data))
    beyond = sum(1 for byte in words if byte > 127)
    dense = beyond >= _DENSE_FROM and beyond > len(words) * 0.6
    preferred = frozenset(_PREFERRED.get(language, "")) | frozenset(_PREFERRED.get(language, "").upper())
    for codec, group in _CANDIDATES:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        score = _score(text, _letters(group)) + (0.06 if group == own else 0.03 if group == "west" else 0)
        if group == "west" and preferred:
            score = max(score - 0.06, _score(text, preferred) + 0.06)
        if group == "west" and _is_hungarian(text, language):
            score -= 0.1
        if group in {"ru", "el"} - {own} and (codec == "iso-8859-5" or _is_odd(codec, text)):
            score -= 0.15
        if group in _OTHER_SCRIPTS:
            # No word mixes Latin letters with another script: "Prйnom" is a wrongly decoded "Prénom".
            score -= len(_MIXED.findall(text)) / max(beyond, 1)
        elif dense:
            score -= 0.5  # Latin text has more ASCII letters than accented ones
        if score > best_score:
            best, best_score = codec, score
    return (best, "letters") if best else _normalizer(data)


def _normalizer(data: bytes) -> tuple[str, str] | None:
    """Return the best guess of charset-normalizer. This is the only use of charset-normalizer."""
    from charset_normalizer import from_bytes

    found = from_bytes(data, steps=5, chunk_size=512).best()
    if found is None:
        return None
    name = codecs.lookup(found.encoding).name
    # The lines of a file in another encoding, such as EBCDIC, cannot be told apart by their bytes.
    return (name, "charset-normalizer") if _keeps_ascii(name) else None
