"""Tailorings: the changes of single languages to the root order, and their index letters (data).

Source: collation rules and index characters of the Unicode CLDR 42 (Unicode License v3).
"""

from __future__ import annotations

from contactcore.frozen import frozen

__all__ = ["ALIASES", "ROOT", "TAILORINGS", "Tailoring"]


@frozen
class Tailoring:
    """The differences of one language from the root order.

    Attributes:
        script: The label of the script that sorts first.
        rules: Chains in the notation of CLDR: `"c < č"` places č after c as a separate letter, `"y << ü"` makes ü an
            accented y, and `"å <<< aa"` makes aa another spelling of å. The anchor `"a*"` means the place before the
            next of the 26 letters. Rules are written in small letters and also apply to their capitals; `"ı/I"` names
            an irregular capital.
        index: The index letters besides A to Z, or all of them for another script; `"ㄱ가"` is a label and the first
            character under it.
        upper_first: Whether a capital sorts before its small letter.
    """

    script: str = "Latin"
    rules: tuple[str, ...] = ()
    index: str = ""
    upper_first: bool = False


ROOT = Tailoring()

_NORDIC = ("d << đ << ð", "th <<< þ", "y << ü << ű")
_CROATIAN = ("c < č < ć", "d < dž < đ", "l < lj", "n < nj", "s < š", "z < ž")
_HUNGARIAN = (
    "c < cs",
    "d < dz < dzs",
    "g < gy",
    "l < ly",
    "n < ny",
    "s < sz",
    "t < ty",
    "z < zs",
    "o < ö << ő",
    "u < ü << ű",
    "cscs <<< ccs",
    "dzdz <<< ddz",
    "dzsdzs <<< ddzs",
    "gygy <<< ggy",
    "lyly <<< lly",
    "nyny <<< nny",
    "szsz <<< ssz",
    "tyty <<< tty",
    "zszs <<< zzs",
)
_TURKISH = ("c < ç", "g < ğ", "h* < ı/I", "i/İ", "o < ö", "s < ş", "u < ü")
_NORWEGIAN = (*_NORDIC, "z* < æ << ä << ę < ø << ö << ő << œ < å << aa")

TAILORINGS = {
    "az": Tailoring(rules=(*_TURKISH, "k < q", "e < ə", "h < x", "z < w"), index="Ç Ə Ğ İ Ö Ş Ü"),
    "cs": Tailoring(rules=("c < č", "h < ch", "r < ř", "s < š", "z < ž"), index="Č CH Ř Š Ž"),
    "cy": Tailoring(
        rules=("c < ch", "d < dd", "f < ff", "g < ng", "l < ll", "p < ph", "r < rh", "t < th"),
        index="CH DD FF NG LL PH RH TH",
    ),
    "da": Tailoring(
        rules=(*_NORDIC, "z* < æ << ä < ø << ö << ő < å <<< aa", "oe << œ"), index="Æ Ø Å", upper_first=True
    ),
    "es": Tailoring(rules=("n < ñ",), index="Ñ"),
    "et": Tailoring(rules=("s* < š < z < ž", "w* < õ < ä < ö < ü"), index="Š Ž Õ Ä Ö Ü"),
    "fi": Tailoring(
        rules=(
            "d << đ",
            "g << ǥ",
            "n << ŋ",
            "t << ŧ",
            "y << ü",
            "z << ʒ",
            "z* < å < ä << æ < ö << ø",
        ),
        index="Å Ä Ö",
    ),
    "hr": Tailoring(rules=_CROATIAN, index="Č Ć DŽ Đ LJ NJ Š Ž"),
    "hu": Tailoring(rules=_HUNGARIAN, index="CS DZ DZS GY LY NY Ö SZ TY Ü ZS"),
    "is": Tailoring(
        rules=(
            "a* < á",
            "d << đ < ð",
            "e* < é",
            "i* < í",
            "o* < ó",
            "u* < ú",
            "y* < ý",
            "z* < æ << ä < ö << ø < å",
        ),
        index="Á Ð É Í Ó Ú Ý Þ Æ Ö",
    ),
    "lt": Tailoring(rules=("c < č", "e << ę << ė", "i << į << y", "s < š", "u << ų << ū", "z < ž"), index="Č Š Ž"),
    "lv": Tailoring(
        rules=("c* < č", "g* < ģ", "i << y", "k* < ķ", "l* < ļ", "n* < ņ", "r* < ŗ", "s* < š", "z < ž"),
        index="Č Ģ Ķ Ļ Ņ Š Ž",
    ),
    # The letters are those of the root. Names of persons are sorted in another way, so their keys have another version.
    "nl": Tailoring(),
    "nb": Tailoring(rules=_NORWEGIAN, index="Æ Ø Å"),
    "pl": Tailoring(
        rules=("a < ą", "c < ć", "e < ę", "l < ł", "n < ń", "o < ó", "s < ś", "z < ź < ż"), index="Ć Ł Ó Ś Ź Ż"
    ),
    "ro": Tailoring(rules=("a < ă < â", "i < î", "s < ș <<< ş", "t < ț <<< ţ"), index="Ă Â Î Ș Ț"),
    "sk": Tailoring(rules=("a < ä", "c < č", "h < ch", "o < ô", "r < ř", "s < š", "z < ž"), index="Ä Č CH Ô Š Ž"),
    "sl": Tailoring(rules=("c < č < ć", "d < đ", "s < š", "z < ž"), index="Č Ć Đ Š Ž"),
    "sq": Tailoring(
        rules=(
            "c* < ç",
            "d* < dh",
            "e* < ë",
            "g* < gj",
            "l* < ll",
            "n* < nj",
            "r* < rr",
            "s* < sh",
            "t* < th",
            "x* < xh",
            "z < zh",
        ),
        index="Ç DH Ë GJ LL NJ RR SH TH XH ZH",
    ),
    "sv": Tailoring(
        rules=(*_NORDIC, "z* < å < ä << æ << ę < ö << ø << ő << œ << ô"),
        index="Å Ä Ö",
    ),
    "tr": Tailoring(rules=_TURKISH, index="Ç Ğ İ Ö Ş Ü"),
    "vi": Tailoring(
        rules=("a < ă < â", "d < đ", "e < ê", "o < ô < ơ", "u < ư"),
        index="Ă Â Đ Ê Ô Ơ Ư",
    ),
    "el": Tailoring("Greek", index="Α Β Γ Δ Ε Ζ Η Θ Ι Κ Λ Μ Ν Ξ Ο Π Ρ Σ Τ Υ Φ Χ Ψ Ω"),
    "be": Tailoring("Cyrillic", ("е < ё", "у < ў"), "А Б В Г Д Е Ё Ж З І Й К Л М Н О П Р С Т У Ф Х Ц Ч Ш Ы Ь Э Ю Я"),
    "bg": Tailoring("Cyrillic", index="А Б В Г Д Е Ж З И Й К Л М Н О П Р С Т У Ф Х Ц Ч Ш Щ Ю Я"),
    "kk": Tailoring(
        "Cyrillic",
        ("е < ё", "ұ < ү", "ы < і"),
        "А Ә Б В Г Ғ Д Е Ё Ж З И Й К Қ Л М Н Ң О Ө П Р С Т У Ұ Ү Ф Х Һ Ц Ч Ш Щ Ъ Ы І Ь Э Ю Я",
    ),
    "mk": Tailoring(
        "Cyrillic", ("и << й", "ԃ < ѓ", "ћ < ќ"), "А Б В Г Д Ѓ Е Ж З Ѕ И Ј К Л Љ М Н Њ О П Р С Т Ќ У Ф Х Ц Ч Џ Ш"
    ),
    "ru": Tailoring("Cyrillic", index="А Б В Г Д Е Ж З И Й К Л М Н О П Р С Т У Ф Х Ц Ч Ш Щ Ы Э Ю Я"),
    "sr": Tailoring("Cyrillic", ("и << й",), "А Б В Г Д Ђ Е Ж З И Ј К Л Љ М Н Њ О П Р С Т Ћ У Ф Х Ц Ч Џ Ш"),
    "uk": Tailoring("Cyrillic", ("г < ґ", "ꙇ < ї"), "А Б В Г Ґ Д Е Є Ж З И І Ї Й К Л М Н О П Р С Т У Ф Х Ц Ч Ш Щ Ю Я"),
    "ka": Tailoring("Georgian", index="ა ბ გ დ ე ვ ზ თ ი კ ლ მ ნ ო პ ჟ რ ს ტ უ ფ ქ ღ ყ შ ჩ ც ძ წ ჭ ხ ჯ ჰ"),
    "hy": Tailoring("Armenian", index="Ա Բ Գ Դ Ե Զ Է Ը Թ Ժ Ի Լ Խ Ծ Կ Հ Ձ Ղ Ճ Մ Յ Ն Շ Ո Չ Պ Ջ Ռ Ս Վ Տ Ր Ց Ւ Փ Ք Օ Ֆ"),
    "he": Tailoring("Hebrew", index="א ב ג ד ה ו ז ח ט י כ ל מ נ ס ע פ צ ק ר ש ת"),
    "ar": Tailoring("Arabic", index="ا ب ت ث ج ح خ د ذ ر ز س ش ص ض ط ظ ع غ ف ق ك ل م ن ه و ي"),
    "fa": Tailoring("Arabic"),
    "hi": Tailoring("Devanagari"),
    "th": Tailoring("Thai"),
    "ko": Tailoring("Hangul", index="ㄱ가 ㄴ나 ㄷ다 ㄹ라 ㅁ마 ㅂ바 ㅅ사 ㅇ아 ㅈ자 ㅊ차 ㅋ카 ㅌ타 ㅍ파 ㅎ하"),
    "ja": Tailoring("Kana", index="あ か さ た な は ま や ら わ"),
    "zh": Tailoring("Han"),
}

ALIASES = {
    "no": "nb",
    "nn": "nb",
    "bs": "hr",
    "sr-latn": "hr",
    "mo": "ro",
    "fo": "nb",
    "iw": "he",
    "ky": "ru",
    "tg": "ru",
    "mn": "ru",
    "ur": "fa",
    "ps": "fa",
    "ckb": "fa",
    "mr": "hi",
    "ne": "hi",
    "yue": "zh",
}
