"""Secrets of nobody: valid numbers, addresses and codes invented from a seed, and the disguises people write them in."""

import string
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from stdnum import iban, luhn
from stdnum.it import codicefiscale
from stdnum.pl import pesel

ISSUERS = (
    ("4", 16),
    ("51", 16),
    ("55", 16),
    ("2221", 16),
    ("34", 15),
    ("37", 15),
    ("36", 14),
    ("6011", 16),
    ("3530", 16),
    ("6759", 16),
)
# How each country's account number is made: n digits, a letters, c either.
ACCOUNTS = {
    "IT": "a22n",
    "PL": "24n",
    "DE": "18n",
    "FR": "20n1c2n",
    "ES": "20n",
    "GB": "4a14n",
    "NL": "4a10n",
    "BE": "12n",
}
CITIES = {
    "it": ("Bologna", "Torino", "Bari"),
    "pl": ("Gdynia", "Poznań", "Lublin"),
    "en": ("Leeds", "Bristol", "Norwich"),
}


def digits(random: Random, count: int) -> str:
    return "".join(random.choices(string.digits, k=count))


def letters(random: Random, count: int) -> str:
    return "".join(random.choices(string.ascii_uppercase, k=count))


def card(random: Random) -> str:
    first, length = random.choice(ISSUERS)
    body = first + digits(random, length - len(first) - 1)
    return body + luhn.calc_check_digit(body)


def account(random: Random, country: str | None = None) -> str:
    country = country or random.choice(tuple(ACCOUNTS))
    bban, count = "", ""
    for sign in ACCOUNTS[country]:
        if sign.isdigit():
            count += sign
            continue
        make = digits if sign == "n" else letters
        bban += make(random, int(count or 1))
        count = ""
    return f"{country}{iban.calc_check_digits(country + '00' + bban)}{bban}"


def codice_fiscale(random: Random) -> str:
    born = _birthday(random)
    day = born.day + random.choice((0, 40))
    town = random.choice("ABCDEFGHIL") + digits(random, 3)
    code = f"{letters(random, 6)}{born.year % 100:02}{'ABCDEHLMPRST'[born.month - 1]}{day:02}{town}"
    if random.random() < 0.2:  # omocodia: from the right, digits are written as letters
        code = code[:14] + "LMNPQRSTUV"[int(code[14])]
    return code + codicefiscale.calc_check_digit(code)


def pesel_number(random: Random) -> str:
    born = _birthday(random)
    month = born.month + (20 if born.year >= 2000 else 0)
    body = f"{born.year % 100:02}{month:02}{born.day:02}{digits(random, 4)}"
    return body + pesel.calc_check_digit(body)


def _birthday(random: Random) -> date:
    return date(1940, 1, 2) + timedelta(days=random.randrange(26_000))


_NAMES = ("anna", "marek", "giulia", "tomasz", "olivia", "piotr", "chiara", "harry", "zofia", "luca")
_SURNAMES = ("inventati", "zmyslony", "madeup", "rossetti", "kowalik", "barnes", "prova", "testowa")
_HOSTS = (
    "libero.it",
    "gmail.com",
    "wp.pl",
    "onet.pl",
    "outlook.com",
    "example.org",
    "studio-prova.it",
    "firma-test.pl",
    "mail.example.co.uk",
)


def email(random: Random) -> str:
    joint = random.choice((".", "_", "", "-"))
    tail = random.choice(("", "", digits(random, 2)))
    return f"{random.choice(_NAMES)}{joint}{random.choice(_SURNAMES)}{tail}@{random.choice(_HOSTS)}"


def phone(random: Random, language: str) -> str:
    return random.choice(_PHONES[language])(random)


def _filled(shape: str) -> Callable[[Random], str]:
    return lambda random: "".join(digits(random, 1) if sign == "x" else sign for sign in shape)


_SHAPES = {
    "it": (
        "333 xxxxxxx",
        "347-xxxxxxx",
        "32891xxxxx",
        "+39 340 xxx xxxx",
        "0039 348xxxxxxx",
        "06 8xxxxxxx",
        "02/4xxxxxxx",
        "0577 28xxxx",
    ),
    "pl": (
        "501 xxx xxx",
        "66x-xxx-xxx",
        "78821xxxx",
        "+48 60x xxx xxx",
        "0048 51xxxxxxx",
        "22 6xx xx xx",
        "(58) 3xx xx xx",
    ),
    "en": (
        "07700 900xxx",
        "020 7946 0xxx",
        "+44 7700 900xxx",
        "(212) 555-01xx",
        "646-555-01xx",
        "+1 415 555 01xx",
        "01632 960xxx",
    ),
}
_PHONES = {language: [*map(_filled, shapes)] for language, shapes in _SHAPES.items()}


def order(random: Random) -> str:
    return random.choice(
        (
            digits(random, 8),
            digits(random, 6),
            f"{letters(random, 2)}-{digits(random, 6)}",
            f"{letters(random, 3)}{digits(random, 7)}",
            f"{digits(random, 4)}/{digits(random, 3)}/2026",
        )
    )


def booking(random: Random) -> str:
    return random.choice("ABCDEFGHKLMNPQRSTUVWXYZ") + "".join(
        random.choices("ABCDEFGHKLMNPQRSTUVWXYZ23456789", k=5)
    )


def password(random: Random) -> str:
    word = random.choice(("Kotek", "gelato", "Winter", "Rower", "sole", "Teapot"))
    return random.choice(
        (
            f"{word}{digits(random, 2)}!",
            f"{word}{digits(random, 4)}",
            f"{letters(random, 2)}{word}_{digits(random, 1)}",
        )
    )


def pin(random: Random) -> str:
    return digits(random, random.choice((4, 4, 5, 6)))


def street(random: Random, language: str) -> str:
    number, city = random.randrange(1, 180), random.choice(CITIES[language])
    if language == "it":
        name = random.choice(
            (
                "via Garibaldi",
                "Via delle Ortensie",
                "viale Europa",
                "piazza San Marco",
                "Corso Vittorio Emanuele II",
                "via IV Novembre",
            )
        )
        form = random.choice(("{0} {1}", "{0}, {1}", "{0} n. {1}", "{0} {1}, 40100 {2}", "{0} {1}/b"))
    elif language == "pl":
        name = random.choice(
            (
                "ul. Polna",
                "ul. Jana Pawła II",
                "ulicy Długiej",
                "al. Niepodległości",
                "os. Słoneczne",
                "ul. 3 Maja",
            )
        )
        form = random.choice(("{0} {1}", "{0} {1}/7", "{0} {1} m. 12", "{0} {1}, 61-123 {2}", "{0} {1}A"))
    else:
        name = random.choice(
            (
                "Maple Street",
                "Old Mill Road",
                "St James Avenue",
                "Kingfisher Close",
                "Rose Lane",
                "Church Way",
            )
        )
        form = random.choice(
            ("{1} {0}", "{1}b {0}", "{1} {0}, {2}", "{1} {0}, {2} LS7 4QD", "Flat 3, {1} {0}")
        )
    return form.format(name, number, city)


# --- disguises: of digits and letters in a row

Disguise = Callable[[str, Random, str], str]
_GROUP = 4


def _bare(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _grouped(text: str, joint: str) -> str:
    return joint.join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))


def _each(text: str, joint: str) -> str:
    return joint.join(text)


def _moved(text: str, zero: int) -> str:
    return "".join(chr(zero + int(sign)) if sign.isdigit() else sign for sign in text)


def _wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


WORDS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "it": ["zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove"],
    "pl": ["zero", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć"],
}


def _spelled(text: str, joint: str, language: str) -> str:
    return joint.join(WORDS[language][int(sign)] if sign.isdigit() else sign for sign in text)


_CYRILLIC = str.maketrans("aeopcxABEKMHOPCTX", "аеорсхАВЕКМНОРСТХ")
_GREEK = str.maketrans("oABEZHIKMNOPTX", "οΑΒΕΖΗΙΚΜΝΟΡΤΧ")

PLAIN: dict[str, Disguise] = {
    "as it is": lambda text, _random, _language: text,
    "in fours": lambda text, _random, _language: _grouped(text, " "),
}
SIGNS: dict[str, Disguise] = {
    "dots": lambda text, _random, _language: _grouped(text, "."),
    "dashes": lambda text, _random, _language: _grouped(text, "-"),
    "long dashes": lambda text, _random, _language: _grouped(text, " – "),
    "slashes": lambda text, _random, _language: _grouped(text, "/"),
    "one by one": lambda text, _random, _language: _each(text, " "),
    "one by one, dashes": lambda text, _random, _language: _each(text, "-"),
    "emoji between": lambda text, random, _language: _grouped(text, random.choice("🙂💳🔥")),
    "full width": lambda text, _random, _language: _wide(text),
    "Arabic digits": lambda text, _random, _language: _moved(text, 0x660),
    "Devanagari digits": lambda text, _random, _language: _moved(text, 0x966),
    "bold digits": lambda text, _random, _language: _moved(text, 0x1D7CE),
    "keycaps": lambda text, _random, _language: "".join(
        f"{one}\ufe0f\u20e3" if one.isdigit() else one for one in text
    ),
    "zero width": lambda text, _random, _language: _each(text, "\u200b"),
    "soft hyphens": lambda text, _random, _language: _grouped(text, "\u00ad"),
    "selectors": lambda text, _random, _language: _each(text, "\ufe0e"),
}
IN_WORDS: dict[str, Disguise] = {
    "in words": lambda text, _random, language: _spelled(text, " ", language),
    "in words, commas": lambda text, _random, language: _spelled(text, ", ", language),
}
LETTERS: dict[str, Disguise] = {
    "Cyrillic letters": lambda text, _random, _language: text.translate(_CYRILLIC),
    "Greek letters": lambda text, _random, _language: text.translate(_GREEK),
    "small letters": lambda text, _random, _language: _grouped(text.lower(), " "),
}
OF_PHONE: dict[str, Disguise] = {
    "as it is": lambda text, _random, _language: text,
    "dots": lambda text, _random, _language: text.replace(" ", ".").replace("-", "."),
    "dashes": lambda text, _random, _language: text.replace(" ", "-"),
    "emoji between": lambda text, _random, _language: text.replace(" ", "📞"),
    **{
        name: SIGNS[name]
        for name in (
            "one by one",
            "full width",
            "Arabic digits",
            "bold digits",
            "keycaps",
            "zero width",
            "selectors",
        )
    },
    "in words": lambda text, _random, language: _spelled(_bare(text), " ", language),
}
_AT = {"it": "chiocciola", "pl": "małpa", "en": "at"}
_DOT = {"it": "punto", "pl": "kropka", "en": "dot"}
OF_EMAIL: dict[str, Disguise] = {
    "as it is": lambda text, _random, _language: text,
    "capitals": lambda text, _random, _language: text.upper(),
    "(at)": lambda text, _random, _language: text.replace("@", "(at)"),
    "[at] [dot]": lambda text, _random, _language: text.replace("@", " [at] ").replace(".", " [dot] "),
    "in words": lambda text, _random, language: text.replace("@", f" {_AT[language]} ").replace(
        ".", f" {_DOT[language]} "
    ),
    "spaces around": lambda text, _random, _language: text.replace("@", " @ "),
    "one by one": lambda text, _random, _language: _each(text, " "),
    "full width": lambda text, _random, _language: _wide(text),
    "Cyrillic letters": lambda text, _random, _language: text.translate(_CYRILLIC),
    "zero width": lambda text, _random, _language: _each(text, "\u200b"),
    "soft hyphens": lambda text, _random, _language: _grouped(text, "\u00ad"),
}


# --- cut in two

Cut = Callable[[str, str, str, str], list[str]]


def halves(secret: str, random: Random) -> tuple[str, str]:
    """`secret` cut somewhere in its middle, at a space if there is one near."""
    middle = random.randrange(len(secret) // 3, 2 * len(secret) // 3 + 1)
    spaces = [at for at, sign in enumerate(secret) if sign == " " and abs(at - middle) <= len(secret) // 4]
    at = min(spaces, key=lambda one: abs(one - middle), default=middle)
    return secret[:at].rstrip(), secret[at:].lstrip()


CUTS: dict[str, Cut] = {
    "cut, bare": lambda before, one, other, after: [f"{before}{one}", f"{other}{after}"],
    "cut, numbered": lambda before, one, other, after: [f"{before}{one} 1/2", f"{other}{after} 2/2 ^AB"],
    "cut, signed": lambda before, one, other, after: [f"{before}{one} ^AB", f"{other}{after} ^AB"],
    "cut, to the customer": lambda before, one, other, after: [
        f"{before}{one} ^KM",
        f"@customer_77 {other}{after} -Ola",
    ],
}
