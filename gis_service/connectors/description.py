"""The file that describes a state's platform: where it is, how it is read.

``NMIS_VAR/connectors/27.json`` is that of the state with LGD code 27. A secret never
stands in it: the token is in a file of its own beside it, mode 600.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from boundaries.gazetteer import Gazetteer
from gis_service.connectors.errors import BadConnector, NoConnector
from gis_service.portals import token_in
from layers.fetch_address import address
from movements.errors import BadMapping
from movements.spellings import checked, of_entries

# Names of parameters and headers, and pointers into JSON (RFC 6901).
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-\[\]$]{1,64}$")]
Pointer = Annotated[str, Field(pattern=r"^(/[^/]*)*$", max_length=200)]
Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
# What the fetcher itself says stays its own.
OWN_HEADERS = frozenset(
    {"host", "user-agent", "accept", "accept-encoding", "cookie", "connection"}
)
MEDIA = {
    "json": ("application/json", "text/json"),
    "csv": ("text/csv",),
    "ndjson": ("application/x-ndjson", "application/ndjson", "application/jsonl"),
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Paging(_Part):
    """How one page leads to the next."""

    kind: Literal["none", "page", "offset", "cursor", "link"] = "none"
    parameter: Name | None = Field(None, description="holds page, offset or cursor")
    first: int = Field(1, ge=0, le=1, description="number of the first page")
    next: Pointer | None = Field(None, description="where the next cursor is")
    size_parameter: Name | None = None
    size: int = Field(1000, ge=1, le=20_000)

    @model_validator(mode="after")
    def _complete(self) -> "Paging":
        if self.kind in ("page", "offset", "cursor") and not self.parameter:
            raise ValueError(f"paging by {self.kind} needs a parameter")
        if self.kind == "cursor" and self.next is None:
            raise ValueError("paging by cursor needs next, where the cursor is")
        return self


class Token(_Part):
    """What the platform is shown; the secret is in a file beside the description."""

    header: Header = "Authorization"
    file: str = Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$")

    @model_validator(mode="after")
    def _allowed(self) -> "Token":
        if self.header.lower() in OWN_HEADERS:
            raise ValueError(f"header {self.header} is not for tokens")
        return self


class Mapping(_Part):
    """Their spellings, written out; as those of ``/api/v1/mappings``."""

    columns: dict[str, str] = {}
    values: dict[Literal["gender", "category", "mode"], dict[str, str]] = {}
    districts: dict[str, int] = {}


class Since(_Part):
    """Only what is new: a parameter with the highest mark seen so far."""

    parameter: Name
    field: str = Field(min_length=1, max_length=64, description="of a row, as theirs")
    first: str | None = Field(None, max_length=64, description="for the first pull")


class Limits(_Part):
    """What one pull takes at most."""

    pages: int = Field(1000, ge=1, le=10_000)
    page_mb: int = Field(16, ge=1, le=16)
    page_seconds: int = Field(60, ge=1, le=300)


class Description(_Part):
    """A state's platform."""

    title: str = Field("", max_length=200)
    url: str = Field(max_length=2_000)
    parameters: dict[Name, str] = {}
    media: Literal["json", "csv", "ndjson"] = "json"
    rows: Pointer = ""
    paging: Paging = Paging()
    token: Token | None = None
    mapping: str | Mapping | None = None
    since: Since | None = None
    every_minutes: int = Field(60, ge=5, le=7 * 24 * 60)
    limits: Limits = Limits()
    networks: list[str] = Field([], description="not public, and may be asked")
    ports: list[int] = Field([], description="beside 443 and 80")

    @model_validator(mode="after")
    def _fits(self) -> "Description":
        for each in self.networks:
            ip_network(each)
        if self.media != "json" and self.paging.kind == "cursor":
            raise ValueError("a cursor is read in JSON; media is not JSON")
        if self.media != "json" and self.rows:
            raise ValueError("rows points into JSON; media is not JSON")
        return self


def folder(var: Path) -> Path:
    """Return where descriptions are."""
    return var / "connectors"


def states(var: Path) -> list[int]:
    """Return the states (LGD codes) that there is a description of."""
    found = (each.stem for each in folder(var).glob("*.json"))
    return sorted(int(stem) for stem in found if stem.isdecimal())


def described(var: Path, state: int) -> Description:
    """Return the description of a state's platform.

    Raises:
        NoConnector: there is none.
        BadConnector: it says what is not allowed, or its address is none.
    """
    path = folder(var) / f"{state}.json"
    try:
        text = path.read_bytes()
    except FileNotFoundError as error:
        raise NoConnector(f"no connector for state {state}: {path}") from error
    try:
        made = Description.model_validate_json(text)
        at = address(made.url, ports=made.ports)
    except ValidationError as error:
        raise BadConnector(f"{path.name}: {_said(error)}") from error
    except Exception as error:
        raise BadConnector(f"{path.name}: url: {error}") from error
    if made.token and at.scheme != "https":
        raise BadConnector(f"{path.name}: url: a token is sent by https alone")
    return made


def token(var: Path, made: Description) -> str | None:
    """Return what the platform is shown, read anew each time: it may be renewed.

    Raises:
        LooseSecret: others on the machine may read the file.
        BadSource: it is not there, or holds no token.
    """
    return token_in(folder(var) / made.token.file) if made.token else None


def refuse_bad_mapping(made: Description, places: Gazetteer) -> None:
    """Refuse a mapping, written out, that overrides what we know.

    Raises:
        BadConnector: as it says.
    """
    if isinstance(made.mapping, Mapping):
        try:
            checked(of_entries("connector", **made.mapping.model_dump()), places)
        except BadMapping as error:
            raise BadConnector(f"mapping: {error}") from error


def _said(error: ValidationError) -> str:
    # The place and the rule; what stands there may be a secret put there by mistake.
    told: list[Any] = error.errors(include_input=False, include_url=False)
    parts = (f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in told[:5])
    return "; ".join(parts)
