"""The scripts in directory order, and the order of their letters (data).

Source: the root collation of the Unicode CLDR (Unicode License v3), letters with a primary weight of their own.
"""

from __future__ import annotations

from contactcore.frozen import frozen

__all__ = [
    "LATIN",
    "MARKS",
    "OTHER",
    "SCRIPTS",
    "STROKES",
    "SYMBOLS",
    "VARIANTS",
    "Script",
]


@frozen
class Script:
    """One script: the label of its bucket, its code points, and the order of its letters.

    Attributes:
        label: The readable, stable name of its bucket.
        ranges: Pairs of first and last code point; the first range gives the order if `letters` is empty.
        letters: The small letters in order; letters that are not listed follow the last one, by code point.
    """

    label: str
    ranges: tuple[tuple[int, int], ...]
    letters: str = ""


OTHER = "Other"

# Each of the 26 letters, followed by the letters between it and the next.
LATIN = (
    "aⱥꞻɐɑɒ bʙƀꞗɓƃꞵ cȼꞓꞔƈɕꜿ dʥꟈɖɗƌȡꝱẟ eɇⱸǝⱻəɛɘɚɜɝɞʚɤ fʩꜰꞙƒꟻ gꟑɡɢǥɠʛꝿɣƣ hʜƕꞕɦⱨⱶꟶꜧɧ iıɪꟾꟷɨꞽɩ jȷɉʝɟʄ "
    "kƙⱪꝁꝃꝅʞ lʟꝇꝉƚⱡɫɬɭꞎȴꝲɮꞁƛʎ mɱꟽꟿꝳ nɴɲƞꞑɳȵꝴŋ oɶɔꝍⱺɵꝋɷꞷȣ pⱣꝑƥꝓꝕꟼɸⱷ qꞯꝗꝙʠɋĸ rʀɍɹɺɻⱹɼɽɾɿʁꝵꝶꝝ "
    "sꜱꟊʂȿꟗẜẝʃƪʅʆ tʨꜩŧⱦƫƭʈȶꝷʇ uʉꞹꞿɥʮʯɯꟺɰʊ vꝟʋⱱⱴỽʌ wⱳʍ xꞳ yʏɏƴỿȝ zƍƶꟆȥʐʑɀⱬꝣʒƹƺʓþꟓꝥꝧƿꟕꝩꝫꝭꝯꝸƻꜫꜭꜯƨƽƅʔɂꜣꞌꞏʕꜥʡʢʖǀǁǂǃʗʘʬʭ"
)

SCRIPTS = (
    Script(
        "Latin",
        (
            (0x41, 0x5A),
            (0x61, 0x7A),
            (0xAA, 0xAA),
            (0xBA, 0xBA),
            (0xC0, 0x2B8),
            (0x1D00, 0x1DBF),
            (0x1E00, 0x1EFF),
            (0x2C60, 0x2C7F),
            (0xA722, 0xA7FF),
            (0xAB30, 0xAB6F),
        ),
    ),
    Script(
        "Greek",
        ((0x370, 0x3FF), (0x1F00, 0x1FFF)),
        "αβγδεϝͷϛζͱηθιϳκϗλμνξοπϻϟϙρϼσͼͻͽτυφχψωϡͳϸϣϥϧϩϫϭϯ",
    ),
    Script(
        "Cyrillic",
        ((0x400, 0x52F), (0x1C80, 0x1C8F), (0xA640, 0xA69F)),
        "аәӕбвгғӻҕӷдԁꚁђꙣԃҙеєжԫꚅҗзꙁԅԑꙃѕꙅӡꚉԇꚃиҋіꙇйјꙉкқӄҡҟҝԟԛлӆԯԓԡљꙥԉԕмӎꙧнԩӊңӈԣҥњԋоөпԥҧҁрҏԗсԍҫтꚍԏҭꚋћуүұѹ"
        "фхӽӿҳһԧꚕѡѿꙍѽѻцꙡꚏҵꚑчԭꚓҷӌҹꚇҽҿџшꚗщꙏꙿъꙑыьҍѣꙓэюꙕꙗяԙѥѧꙙѫꙛѩꙝѭѯѱѳѵꙟҩԝӏ",
    ),
    Script(
        "Georgian",
        ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F)),
        "აბგდევზჱთიკლმნჲოპჟრსტჳუფქღყშჩცძწჭხჴჯჰჵჶჷჸჹჺჽჾჿ",
    ),
    Script("Armenian", ((0x530, 0x58F),), "աՠբգդեզէըթժիլխծկհձղճմյֈնշոչպջռսվտրցւփքօֆՙ"),
    Script("Hebrew", ((0x5D0, 0x5F2),), "אבגדהוװױזחטיײכלמנסעפצקרשת"),
    Script(
        "Arabic",
        ((0x620, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF)),
        "ءآأٲٱؤإٳݳݴئاٮبٻپڀݐݑݒݓݔݕݖةتثٹٺټٽٿجڃڄچڿڇحخځڂڅݗݘݮݯݲݼدذڈډڊڋڌڍڎڏڐۮݙݚرزڑڒړڔڕږڗژڙۯݛݫݬݱسشښڛڜۺݜݭݰݽݾ"
        "صضڝڞۻطظڟعغڠۼݝݞݟفڡڢڣڤڥڦݠݡٯقڧڨكکڪګڬݿڭڮگڰڱڲڳڴݢػؼݣݤلڵڶڷڸݪمݥݦنںڻڼڽڹݧݨݩهھہۃۿەوۄۅۆۇۈۉۊۋۏݸݹىيیۍێېۑؽؾؿؠݵݶݷےݺݻ",
    ),
    Script("Ethiopic", ((0x1200, 0x139F), (0x2D80, 0x2DDF))),
    Script("Devanagari", ((0x900, 0x97F), (0xA8E0, 0xA8FF))),
    Script("Bengali", ((0x980, 0x9FF),)),
    Script("Gurmukhi", ((0xA00, 0xA7F),)),
    Script("Gujarati", ((0xA80, 0xAFF),)),
    Script("Odia", ((0xB00, 0xB7F),)),
    Script("Tamil", ((0xB80, 0xBFF),)),
    Script("Telugu", ((0xC00, 0xC7F),)),
    Script("Kannada", ((0xC80, 0xCFF),)),
    Script("Malayalam", ((0xD00, 0xD7F),)),
    Script("Sinhala", ((0xD80, 0xDFF),)),
    Script("Thai", ((0xE00, 0xE7F),)),
    Script("Lao", ((0xE80, 0xEFF),)),
    Script("Tibetan", ((0xF00, 0xFFF),)),
    Script("Myanmar", ((0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F))),
    Script("Khmer", ((0x1780, 0x17FF),)),
    Script("Hangul", ((0xAC00, 0xD7A3), (0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FF))),
    Script("Kana", ((0x3041, 0x30FF), (0x31F0, 0x31FF), (0x1B000, 0x1B16F))),
    Script("Bopomofo", ((0x3100, 0x312F), (0x31A0, 0x31BF))),
    Script("Han", ((0x4E00, 0x9FFF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3400, 0x4DBF), (0x20000, 0x3FFFF))),
)

# Letters that differ from their base letters at the accent level: letters with strokes, ligatures.
STROKES = {
    "ß": "ss",
    "æ": "ae",
    "ð": "d",
    "ø": "o",
    "đ": "d",
    "ħ": "h",
    "ł": "l",
    "œ": "oe",
    "ỻ": "ll",
    "ꜳ": "aa",
    "ꜵ": "ao",
    "ꜷ": "au",
    "ꜹ": "av",
    "ꜽ": "ay",
    "ꝏ": "oo",
    "ꝡ": "vy",
    "ȸ": "db",
    "ȹ": "qp",
    "ʣ": "dz",
    "ʦ": "ts",
    "ʪ": "ls",
    "ʫ": "lz",
    "ґ": "г",
}

# Variant shapes of the same letter, which differ only at the last level.
VARIANTS = {"ς": "σ", "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ", "ـ": "", "ۥ": "و", "ۦ": "ي"}

# Accents in their order at the accent level; all others follow by code point.
MARKS = (
    "\u0332\u0313\u0343\u0314\u0301\u0300\u0306\u0302\u030c\u030a\u0342\u0308\u030b\u0303\u0307\u0338\u0327\u0328"
    "\u0304\u030d\u030e\u0312\u0315\u031a\u0335\u0305\u0309\u030f\u0310\u0311\u031b\u0321\u0322\u0323"
)

# Punctuation, symbols and digits in order; a longer name is a group of all others of its category.
SYMBOLS = (
    "whitespace",
    *" _-",
    "dashes",
    *",;:!?.'",
    "apostrophes",
    '"',
    "quotes",
    *"()[]{}@*/\\&#%",
    "punctuation",
    *"`^+<=>|~",
    "symbols",
    "$",
    "currency",
    *"0123456789",
    "numbers",
)
