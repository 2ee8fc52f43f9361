"""Which of its media types an endpoint answers in, by the Accept header alone."""

from starlette.requests import Request

__all__ = ["DELIMITED", "JSON", "V1_JSON", "choose"]

JSON = "application/json"
V1_JSON = "application/vnd.ksql.v1+json"
DELIMITED = "application/vnd.ksqlapi.delimited.v1"


def choose(request: Request, offers: tuple[str, ...]) -> str | None:
    """Return the offer that the client likes best, the first where it does not mind, None if none.

    Equal weights fall to the order of the header.
    """
    header = request.headers.get("accept")
    if not header:
        return offers[0]
    ranges = [_parse(part) for part in header.split(",") if part.strip()]
    for accepted, weight in sorted(ranges, key=lambda entry: -entry[1]):
        match = next((offer for offer in offers if _matches(accepted, offer)), None)
        if match is not None and weight > 0:
            return match
    return None


def _parse(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name.lower(), float(parameter[2:])
            except ValueError:
                return name.lower(), 0.0
    return name.lower(), 1.0


def _matches(accepted: str, offer: str) -> bool:
    return accepted in (offer, "*/*", offer.split("/")[0] + "/*")
