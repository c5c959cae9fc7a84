"""Preparation of the first verdict: loaded at the start, so that no click waits for it."""

from datetime import UTC, datetime

from triage import traits
from triage.i18n import LANGUAGES, _, speaking
from triage.privacy import guard
from triage.promise.promise import promise_in
from triage.replies import compose

# One text in each language, with what makes the guard look for every kind: it holds a link, figures and a promise.
_TEXTS = (
    "We call you by Friday, write to help@acme.example or https://acme.example/1, order 12345678901234 at 5 High Street.",
    "Ti chiamiamo entro venerdì, via Roma 5, numero 333 555 0142, IBAN IT60 X054 2811 1010 0000 0123 456 😀",
    "Oddzwonimy do piątku, ulica Długa 5, tel. 600 700 800, hasło: abc12345.",
)


def load() -> None:
    """Read the word lists, build the patterns and the catalogues. Takes about half a second, once."""
    now = datetime(2026, 1, 5, tzinfo=UTC)
    for text in _TEXTS:
        for network in traits.names():
            parts = compose.compose(text, "^AB", traits.of(network).measure)
            guard.findings(parts, own_contacts=("+39 02 5550 0190",), words=("unfortun*",))
        promise_in(text, now)
    for language in LANGUAGES:
        with speaking(language):
            _("Send")
