"""The script of the customers, second by second."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing that somebody does, so many seconds into the story.

    answers: their own first post, or the brand's last word to them. picture: its name on the page.
    """

    second: float
    who: str
    text: str = ""
    does: Literal["post", "edit", "delete", "repost"] = "post"
    answers: Literal["self", "brand"] | None = None
    picture: str | None = None
    reposts: str | None = None


SCRIPT = (
    Beat(
        1,
        "giulia_vento",
        "@acme_help da stamattina niente rete a Torino, zona San Salvario: né internet né chiamate. "
        "È un guasto? Lavoro da casa e sono bloccata, è urgente.",
    ),
    Beat(
        3,
        "nonno_beppe",
        "@acme_help volevo solo dire grazie alla ragazza del negozio di via Po: "
        "pazienza infinita con un vecchietto come me 😊",
    ),
    Beat(
        6,
        "orla_quill",
        "@acme_help I've been charged twice for October: two payments of €29.90 on the same day. "
        "Can somebody look at my invoice, please?",
        picture="bill.svg",
    ),
    Beat(
        14,
        "tomek_zarzecze",
        "@acme_help Kraków Podgórze, od godziny zero zasięgu. To awaria czy tylko u mnie?",
    ),
    Beat(
        24,
        "saltandsarcasm",
        "Oh brilliant, @acme_help, “scheduled maintenance” in the middle of my online exam. "
        "Truly world-class service 👏",
    ),
    Beat(
        33,
        "bea_on_trams",
        "@acme love the new ad! But my SIM still isn't active four days after porting my number. "
        "Who can help me?",
    ),
    Beat(
        42,
        "win_a_fone_99",
        "🎁🎁 FREE phones for the first 500!! @acme @acme_help fans click NOW https://example.com/win-a-fone",
    ),
    Beat(
        50,
        "kuba_poludnie",
        "Czy acme mobile naprawdę działa w Bieszczadach, czy to tylko reklama? Myślę o zmianie sieci.",
    ),
    Beat(
        58,
        "techtina",
        "Three hours without signal at the biggest event of the year, and @acme_help hasn't said a word. "
        "My followers are waiting with me. Is anybody there?",
    ),
    Beat(66, "saltandsarcasm", does="repost", reposts="techtina"),
    Beat(
        74,
        "marta_wilk_foto",
        "@acme_help router mruga na czerwono od wczoraj, restart nie pomaga. Co oznacza ta dioda?",
        picture="router.svg",
    ),
    Beat(
        84,
        "lorenzo_prosa",
        "@acme_help vi racconto la mia settimana, perché al telefono nessuno ha tempo di ascoltarla. "
        "Lunedì il tecnico doveva passare tra le 9 e le 12: non è venuto. Martedì mi dite che risulto "
        "“assente”, ma ero a casa con la porta aperta. Mercoledì fissate un altro appuntamento e la sera "
        "lo annullate con un SMS. Oggi la linea cade ogni dieci minuti e pago comunque il mese intero. "
        "Non chiedo la luna: un giorno, un'ora, e qualcuno che venga davvero. Potete farlo?",
    ),
    Beat(
        95,
        "piotr_dobosz",
        "@acme_help kurier miał być wczoraj z moim telefonem, zamówienie AC-20417. Nikt nie przyjechał.",
    ),
    Beat(104, "xx_rageclick", "@acme_help you lot couldn't run a bath 🛁🤡 uninstall yourselves"),
    Beat(
        113,
        "piotr_dobosz",
        "@acme_help i jeszcze jedno: infolinia rozłącza po dziesięciu minutach. Proszę o odpowiedź tutaj.",
        answers="self",
    ),
    Beat(
        124,
        "elena_ritorna",
        "Tre giorni fa mi avevate promesso una telefonata entro sera. La sto ancora aspettando.",
        answers="brand",
    ),
    Beat(
        136,
        "orla_quill",
        does="edit",
        text="@acme_help I've been charged THREE times for October, "
        "€29.90 each, all on the same day. Can somebody look at my invoice, please?",
    ),
    Beat(
        148,
        "giulia_vento",
        "@acme_help ancora niente rete, e tra un'ora ho una riunione con un cliente.",
        answers="self",
    ),
    Beat(
        160,
        "hal_northway",
        "@acme_help the parcel with my new phone arrived like this: seal broken, box empty. What now?",
        picture="parcel.svg",
    ),
    Beat(
        174,
        "nonno_beppe",
        "@acme_help per il rimborso il mio IBAN è IT60X0542811101000000123456, va bene scriverlo qui?",
    ),
    Beat(
        188,
        "hal_northway",
        "Anyone else on acme mobile paying for roaming inside the EU? Asking for my wallet.",
    ),
    Beat(202, "xx_rageclick", does="delete"),
    Beat(
        216,
        "bea_on_trams",
        "@acme_help is the app down too? It shows an empty page when I try to pay my bill.",
    ),
    Beat(
        232,
        "techtina",
        "Signal is back. @acme_help, a word of explanation would still be nice.",
        answers="self",
    ),
)
