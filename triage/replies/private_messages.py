"""Sentences that ask the customer into private messages, or to the right account."""

from collections.abc import Mapping

_WRITE_TO_US: Mapping[str, str] = {
    "en": "Sorry about this. Please write to us in a private message, so that we can look into it",
    "it": "Ci dispiace per il disagio. Scrivici in un messaggio privato, così possiamo controllare",
    "pl": "Przykro nam z tego powodu. Napisz do nas w prywatnej wiadomości, żebyśmy mogli to sprawdzić",
    "de": "Das tut uns leid. Schreib uns bitte eine private Nachricht, damit wir nachsehen können",
    "es": "Sentimos lo ocurrido. Escríbenos por mensaje privado para que podamos revisarlo",
    "fr": "Nous sommes désolés. Écrivez-nous en message privé pour que nous puissions vérifier",
}
_DELETE_FIRST: Mapping[str, str] = {
    "en": "Your post shows personal details that anybody can read. Please delete it, and write to us "
    "in a private message instead",
    "it": "Nel tuo post si leggono dati personali, visibili a tutti. Per favore cancellalo, e scrivici "
    "in un messaggio privato",
    "pl": "W Twoim wpisie widać dane osobowe, które każdy może przeczytać. Usuń go, proszę, i napisz do nas "
    "w prywatnej wiadomości",
    "de": "In deinem Beitrag stehen persönliche Daten, die alle lesen können. Lösche ihn bitte, und schreib "
    "uns stattdessen eine private Nachricht",
    "es": "En tu publicación se ven datos personales que cualquiera puede leer. Bórrala, por favor, y "
    "escríbenos por mensaje privado",
    "fr": "Votre message montre des données personnelles que tout le monde peut lire. Supprimez-le, s'il vous "
    "plaît, et écrivez-nous en message privé",
}
_OVER_THERE: Mapping[str, str] = {
    "en": "Hello! Our colleagues at @{account} can help you with this.",
    "it": "Ciao! Per questo ti aiutano i nostri colleghi di @{account}.",
    "pl": "Dzień dobry! Pomogą w tym nasi koledzy z @{account}.",
    "de": "Hallo! Dabei helfen unsere Kollegen von @{account}.",
    "es": "¡Hola! Nuestros compañeros de @{account} pueden ayudarte con esto.",
    "fr": "Bonjour ! Nos collègues de @{account} peuvent vous aider.",
}


def in_private(language: str, link: str | None, *, delete_first: bool = False) -> str:
    """Asks the customer to write privately; `delete_first`: and to delete a post that shows too much.

    `link` opens a private message to the account; a network may bill a post with a link many times as much.
    """
    sentence = _in(language, _DELETE_FIRST if delete_first else _WRITE_TO_US)
    return f"{sentence}: {link}" if link else f"{sentence}."


def over_there(language: str, account: str) -> str:
    """Points the customer to the account that handles their matter."""
    return _in(language, _OVER_THERE).format(account=account)


def _in(language: str, texts: Mapping[str, str]) -> str:
    return texts.get(language) or texts["en"]
