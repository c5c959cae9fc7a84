"""The demo's cast: Acme's staff and accounts, and its customers. All of them are invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented. `reactions` are their answers to the brand's first reply, its second, …"""

    handle: str
    name: str
    followers: int
    lang: str
    reactions: tuple[str, ...] = ()
    verified: bool = False


STAFF = {
    "U0ANNA": "Anna Bianchi",
    "U0MARCO": "Marco Rossi",
    "U0KASIA": "Kasia Nowak",
    "U0LAURA": "Laura Conti",
}
CHANNELS = {"C0MENTIONS": "mentions", "C0BILLING": "mentions-billing", "C0NETWORK": "mentions-network"}
BRANDS = {"acme_help": ("Acme Help", 18_400), "acme": ("Acme Mobile", 96_000)}

CUSTOMERS = (
    Person("giulia_vento", "Giulia Ventura", 214, "it", ("Grazie, adesso funziona! 🙏",)),
    Person("nonno_beppe", "Giuseppe Malaspina", 12, "it", ("Gentilissimi come sempre.",)),
    Person("orla_quill", "Orla Quillan", 1_830, "en", ("Thanks, sent you a DM.",)),
    Person(
        "tomek_zarzecze",
        "Tomek Zarzecki",
        96,
        "pl",
        ("Nadal nie działa, a minęła kolejna godzina.", "Jest zasięg. Dziękuję!"),
    ),
    Person("saltandsarcasm", "Dev Harrow", 6_400, "en", ("Wait, an actual human? I take half of it back.",)),
    Person("bea_on_trams", "Beatrice Lowry", 1_120, "en", ("Thank you! Sent you a DM.",)),
    Person("win_a_fone_99", "Free Phones Daily", 58, "en"),
    Person("kuba_poludnie", "Jakub Południak", 67, "pl"),
    Person(
        "techtina",
        "Tina Valdarno",
        480_000,
        "en",
        ("Still not working. “We are looking into it” is not an answer.", "A straight answer. Thank you."),
        verified=True,
    ),
    Person("marta_wilk_foto", "Marta Wilczyńska", 740, "pl", ("Dziękuję, sprawdzę wieczorem.",)),
    Person("lorenzo_prosa", "Lorenzo Prosa", 389, "it", ("Grazie della risposta, vi ho scritto in DM.",)),
    Person("piotr_dobosz", "Piotr Dobosz", 153, "pl", ("Wysłałem wiadomość prywatną.", "Dziękuję za pomoc!")),
    Person("xx_rageclick", "rageclick", 31, "en"),
    Person(
        "elena_ritorna",
        "Elena Corvi",
        2_950,
        "it",
        ("Va bene, aspetto la chiamata. Questa volta davvero, però.",),
    ),
    Person("hal_northway", "Hal Northway", 505, "en", ("Cheers. Photos are in your DMs.",)),
)


def language_of(handle: str) -> str:
    return next(person.lang for person in CUSTOMERS if person.handle == handle)
