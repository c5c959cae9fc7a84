"""OAuth 1.0a, the receiving side: checks that the named account signed a request (RFC 5849, HMAC-SHA1)."""

import base64
import hashlib
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, unquote

from yarl import URL

TOLERANCE_SECONDS = 300


class SignatureError(Exception):
    """The request is not signed, or not by the holder of these keys."""


class SignatureCheck:
    """Checks signatures against the app's key pair, and refuses a nonce that comes twice."""

    def __init__(self, api_key: str, api_secret: str, *, real_time: Callable[[], float] = time.time) -> None:
        self._api_key = api_key
        self._api_secret = api_secret
        self._real_time = real_time
        self._nonces: OrderedDict[tuple[str, str, str], float] = OrderedDict()

    def signer(
        self, method: str, url: URL, authorization: str, secret_of: Callable[[str], str | None]
    ) -> str:
        """The access token that signed the request. secret_of gives a token's secret, None if unknown."""
        claims = _oauth_claims(authorization)
        secret = secret_of(claims.get("oauth_token", ""))
        if secret is None or claims.get("oauth_consumer_key") != self._api_key:
            raise SignatureError("unknown key or token")
        expected = _signature(method, url, claims, f"{_escape(self._api_secret)}&{_escape(secret)}")
        if not hmac.compare_digest(expected, claims.get("oauth_signature", "")):
            raise SignatureError("the signature does not fit the request")
        self._refuse_stale(claims)
        self._refuse_replay(claims)
        return claims["oauth_token"]

    def _refuse_stale(self, claims: dict[str, str]) -> None:
        stamp = claims.get("oauth_timestamp", "")
        if not stamp.isdigit() or abs(self._real_time() - int(stamp)) > TOLERANCE_SECONDS:
            raise SignatureError("the timestamp is out of bounds")

    def _refuse_replay(self, claims: dict[str, str]) -> None:
        self._forget_old_nonces()
        use = (claims["oauth_token"], claims["oauth_timestamp"], claims.get("oauth_nonce", ""))
        if not use[2] or use in self._nonces:
            raise SignatureError("the nonce is missing or was used before")
        self._nonces[use] = self._real_time()

    def _forget_old_nonces(self) -> None:
        oldest_kept = self._real_time() - 2 * TOLERANCE_SECONDS
        while self._nonces and next(iter(self._nonces.values())) < oldest_kept:
            self._nonces.popitem(last=False)


def _oauth_claims(authorization: str) -> dict[str, str]:
    scheme, _, rest = authorization.partition(" ")
    if scheme != "OAuth":
        raise SignatureError("not signed with OAuth 1.0a")
    pairs = (part.strip().partition("=") for part in rest.split(","))
    claims = {unquote(name): unquote(value.strip('"')) for name, _, value in pairs}
    if claims.get("oauth_signature_method") != "HMAC-SHA1":
        raise SignatureError("not signed with HMAC-SHA1")
    return claims


def _signature(method: str, url: URL, claims: dict[str, str], key: str) -> str:
    signed = [(name, value) for name, value in claims.items() if name not in ("oauth_signature", "realm")]
    query = parse_qsl(url.raw_query_string, keep_blank_values=True)
    pairs = sorted((_escape(name), _escape(value)) for name, value in [*signed, *query])
    normal = "&".join(f"{name}={value}" for name, value in pairs)
    base = "&".join(_escape(part) for part in (method.upper(), _base_url(url), normal))
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


def _base_url(url: URL) -> str:
    port = "" if url.is_default_port() else f":{url.port}"
    return f"{url.scheme}://{(url.host or '').lower()}{port}{url.raw_path}"


def _escape(text: str) -> str:
    return quote(text, safe="-._~")
