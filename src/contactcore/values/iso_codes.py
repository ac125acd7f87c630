"""The codes of countries, currencies and languages, and further names of countries.

With these tables, plain codes are read without loading a library.
"""

from __future__ import annotations

__all__ = [
    "COUNTRY_ALIASES",
    "COUNTRY_CODES",
    "CURRENCY_CODES",
    "CURRENCY_DECIMALS",
    "LANGUAGE_CODES",
    "WITHOUT_DECIMALS",
]

COUNTRY_CODES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
    BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
    ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT
    HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
    LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI
    NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG
    SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
    UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
    """.split()  # noqa: SIM905 # a table of codes is read as text
)
"""The codes of ISO 3166-1 alpha-2, and the user-assigned code XK (Kosovo), which is in common use."""

CURRENCY_CODES = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
    CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
    GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD
    KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
    NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
    SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV
    WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905 # a table of codes is read as text
)
"""The ISO 4217 codes of currencies that are legal tender today."""

CURRENCY_DECIMALS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(),  # noqa: SIM905 # as above
        0,
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),  # noqa: SIM905 # as above
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""The minor units of ISO 4217, list one, for currencies that have not two decimals.

CLDR, and with it babel, states the decimals that are customary in shops instead. For fifteen currencies these are
fewer: it has none for HUF, COP and IDR, in which invoices have two.
"""

WITHOUT_DECIMALS = frozenset(
    "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX".split()  # noqa: SIM905 # as above
)
"""The codes of ISO 4217 whose minor unit is "not applicable": metals, units of account, and no currency."""

LANGUAGE_CODES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la
    lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj
    om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv
    sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()  # noqa: SIM905 # a table of codes is read as text
)
"""The codes of ISO 639-1, and the withdrawn ones that older programs still write (iw, in, ji, mo, sh)."""

COUNTRY_ALIASES = {
    # Signs of vehicles, which German and French lists write into the column of the country.
    "a": "AT",
    "b": "BE",
    "d": "DE",
    "e": "ES",
    "f": "FR",
    "fl": "LI",
    "h": "HU",
    "i": "IT",
    "l": "LU",
    "n": "NO",
    "p": "PT",
    "s": "SE",
    "slo": "SI",
    "america": "US",
    "angleterre": "GB",
    "brd": "DE",
    "bundesrepublikdeutschland": "DE",
    "burma": "MM",
    "capeverde": "CV",
    "ceskarepublika": "CZ",
    "czechrepublic": "CZ",
    "drcongo": "CD",
    "easttimor": "TL",
    "ecosse": "GB",
    "eire": "IE",
    "england": "GB",
    "estadosunidosdeamerica": "US",
    "etatsunisdamerique": "US",
    "federalrepublicofgermany": "DE",
    "gb": "GB",
    "granbretagna": "GB",
    "granbretana": "GB",
    "grandebretagne": "GB",
    "greatbritain": "GB",
    "grossbritannien": "GB",
    "holandia": "NL",
    "holland": "NL",
    "hollande": "NL",
    "hongkong": "HK",
    "ivorycoast": "CI",
    "laopdr": "LA",
    "macao": "MO",
    "macau": "MO",
    "macedonia": "MK",
    "moldova": "MD",
    "northernireland": "GB",
    "palestine": "PS",
    "peoplesrepublicofchina": "CN",
    "prc": "CN",
    "republicofireland": "IE",
    "republicofkorea": "KR",
    "republicofmoldova": "MD",
    "republiquetcheque": "CZ",
    "russianfederation": "RU",
    "rzeczpospolitapolska": "PL",
    "schweizerischeeidgenossenschaft": "CH",
    "scotland": "GB",
    "slovakrepublic": "SK",
    "stanyzjednoczoneameryki": "US",
    "statiunitidamerica": "US",
    "swaziland": "SZ",
    "syrianarabrepublic": "SY",
    "thenetherlands": "NL",
    "tschechischerepublik": "CZ",
    "turkey": "TR",
    "uae": "AE",
    "uk": "GB",
    "unitedstatesofamerica": "US",
    "us": "US",
    "usa": "US",
    "vaticancity": "VA",
    "vereinigtestaatenvonamerika": "US",
    "vietnam": "VN",
    "wales": "GB",
}
"""Names in common use that CLDR does not list: in lower case, without accents, spaces and punctuation."""
