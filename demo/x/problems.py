"""The refusals of X, as the problem documents it sends."""

from collections.abc import Mapping

from demo.x.values import Json

_PROBLEMS = "https://api.twitter.com/2/problems/"


class ProblemError(Exception):
    """X refuses the request."""

    def __init__(self, status: int, body: Json, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {body.get('detail', body.get('title', ''))}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def plain(status: int, title: str, detail: str) -> ProblemError:
    return ProblemError(status, {"title": title, "detail": detail, "type": "about:blank", "status": status})


def forbidden(detail: str, title: str = "Forbidden") -> ProblemError:
    return plain(403, title, detail)


def unauthorized() -> ProblemError:
    return plain(401, "Unauthorized", "Unauthorized")


def invalid(message: str, **parameters: str) -> ProblemError:
    """A 400 that names the faulty parameters; `__` in a keyword is the dot in a parameter's name."""
    named = {name.replace("__", "."): [value] for name, value in parameters.items()}
    body = {
        "errors": [{"parameters": named, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": f"{_PROBLEMS}invalid-request",
    }
    return ProblemError(400, body)


def credits_depleted() -> ProblemError:
    detail = "Your enrolled account does not have any credits to fulfill this request."
    return ProblemError(402, {"title": "CreditsDepleted", "detail": detail, "type": f"{_PROBLEMS}credits"})


def too_many_requests(headers: Mapping[str, str]) -> ProblemError:
    body = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
    return ProblemError(429, body, headers)


def not_found(kind: str, parameter: str, value: str) -> Json:
    """One entry of `errors` for a post or a person that is not there. kind: "tweet" or "user"."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": f"{_PROBLEMS}resource-not-found",
    }


def not_authorized(parameter: str, value: str) -> Json:
    """One entry of `errors` for a post that only its author's followers may see."""
    return {
        "value": value,
        "detail": f"Sorry, you are not authorized to see the Tweet with {parameter}: [{value}].",
        "title": "Authorization Error",
        "section": "data",
        "resource_type": "tweet",
        "parameter": parameter,
        "resource_id": value,
        "type": f"{_PROBLEMS}not-authorized-for-resource",
    }


def suspended(parameter: str, value: str) -> Json:
    """One entry of `errors` for a person whom X has suspended."""
    return {
        "value": value,
        "detail": f"User has been suspended: [{value}].",
        "title": "Forbidden",
        "resource_type": "user",
        "parameter": parameter,
        "resource_id": value,
        "type": f"{_PROBLEMS}resource-not-found",
    }
