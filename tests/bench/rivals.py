"""The peers' settings: the fastest that their own documentation advises, one worker.

All have our extent (4,096), our buffer (64), the same views and attributes, and a
database on the same socket. Limits that would cut a tile are off.
"""

import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import make_url

from layers.tile import BUFFER, EXTENT
from tests.bench.peer import INSTALLED, Peer
from tests.bench.views import ATTRIBUTES, TIERS

TIPG = INSTALLED / "tipg"
PYGEOAPI = INSTALLED / "pygeoapi"
MARTIN = INSTALLED / "martin" / "bin" / "martin"
LICENCE = "https://opendatacommons.org/licenses/odbl/1-0/"


def tipg(admin: str) -> Peer | None:
    """TiPg by uvicorn on uvloop and httptools; None where it is not installed."""
    program = TIPG / "bin" / "uvicorn"
    if not program.exists():
        return None
    words = (
        *("tipg.main:app", "--host", "127.0.0.1", "--port", "{port}"),
        *("--loop", "uvloop", "--http", "httptools", "--workers", "1"),
        *("--log-level", "warning", "--no-access-log"),
    )
    environment = {
        "DATABASE_URL": _url(admin),
        "TIPG_DB_SCHEMAS": '["bench"]',
        "TIPG_DB_EXCLUDE_FUNCTION_SCHEMAS": '["bench", "public"]',
        "TIPG_TILE_BUFFER": str(BUFFER),
        "TIPG_TILE_RESOLUTION": str(EXTENT),
        # Else it asks the catalogue again in the midst of a run.
        "TIPG_CATALOG_TTL": "0",
    }
    return Peer(
        "TiPg", _version(TIPG, "tipg"), (str(program), *words), "/healthz", environment
    )


def pygeoapi(admin: str, folder: Path) -> Peer | None:
    """pygeoapi by gunicorn, as its documentation advises."""
    program = PYGEOAPI / "bin" / "gunicorn"
    if not program.exists():
        return None
    config, document = folder / "pygeoapi.yml", folder / "pygeoapi-openapi.yml"
    config.write_text(_pygeoapi_config(admin))
    environment = {
        "PYGEOAPI_CONFIG": str(config),
        "PYGEOAPI_OPENAPI": str(document),
    }
    made = [str(PYGEOAPI / "bin" / "pygeoapi"), "openapi", "generate", str(config)]
    subprocess.run([*made, "--output-file", str(document)], check=True)
    words = ("pygeoapi.flask_app:APP", "--bind", "127.0.0.1:{port}", "--workers", "1")
    # gthread keeps a connection; the default worker closes it after each answer.
    more = ("--worker-class", "gthread", "--threads", "8", "--keep-alive", "60")
    return Peer(
        "pygeoapi",
        _version(PYGEOAPI, "pygeoapi"),
        (str(program), *words, *more),
        "/conformance?f=json",
        environment,
    )


def martin(admin: str, folder: Path, *, cache_mb: int) -> Peer | None:
    """Martin with the tables named in a file; without a cache it is always cold."""
    if not MARTIN.exists():
        return None
    config = folder / f"martin-{cache_mb}.yml"
    config.write_text(_martin_config(admin, cache_mb))
    told = subprocess.run(
        [str(MARTIN), "--version"], capture_output=True, text=True, check=True
    )
    command = (str(MARTIN), "--config", str(config), "--listen-addresses")
    return Peer(
        "Martin",
        told.stdout.split()[-1],
        (*command, "127.0.0.1:{port}"),
        "/health",
    )


def constant(body: Path, etag: str) -> Peer:
    """Granian with one worker that answers every request with one body, or 304."""
    command = (
        *(str(Path(sys.executable).with_name("granian")), "tests.bench.constant:app"),
        *("--interface", "wsgi", "--no-ws", "--host", "127.0.0.1"),
        *("--port", "{port}", "--workers", "1", "--log-level", "warning"),
        *("--blocking-threads", "8"),
    )
    root = str(Path(__file__).parents[2])
    environment = {"BENCH_BODY": str(body), "BENCH_ETAG": etag, "PYTHONPATH": root}
    return Peer("granian", "", command, "/", environment)


def _pygeoapi_config(admin: str) -> str:
    at = make_url(admin)
    data = [
        f"            {key}: {value}"
        for key, value in {
            "host": at.query.get("host", at.host or "127.0.0.1"),
            "port": at.port or at.query.get("port", 5432),
            "dbname": at.database,
            "user": at.username,
            "password": at.password or "none",
            "search_path": "[bench, public]",
        }.items()
    ]
    return PYGEOAPI_CONFIG.format(data="\n".join(data), licence=LICENCE)


PYGEOAPI_CONFIG = """
server:
  bind: {{host: 127.0.0.1, port: 5000}}
  url: http://127.0.0.1:5000
  mimetype: application/json; charset=UTF-8
  encoding: utf-8
  gzip: true
  languages: [en-US]
  pretty_print: false
  limits: {{default_items: 10, max_items: 1000, on_exceed: throttle}}
  map: {{url: "http://127.0.0.1/{{z}}/{{x}}/{{y}}.png", attribution: none}}
logging: {{level: ERROR}}
metadata:
  identification: &said
    title: {{en: bench}}
    description: {{en: bench}}
    keywords: {{en: [bench]}}
    keywords_type: theme
    terms_of_service: none
    url: http://127.0.0.1
  license: {{name: ODbL, url: "{licence}"}}
  provider: {{name: bench, url: "http://127.0.0.1"}}
  contact: {{name: bench, email: bench@localhost, url: "http://127.0.0.1"}}
resources:
  districts:
    type: collection
    title: districts
    description: districts
    keywords: [districts]
    links: []
    extents: {{spatial: {{bbox: [60, 0, 100, 40]}}}}
    providers:
      - type: feature
        name: PostgreSQL
        data:
{data}
        id_field: id
        table: districts
        geom_field: geom
"""


def _martin_config(admin: str, cache_mb: int) -> str:
    kinds = {"code": "int2", "name": "text", "name_hi": "text", "state_code": "int2"}
    kinds |= {"population_2011": "int4", "lon": "float8", "lat": "float8"}
    properties = ", ".join(f"{name}: {kinds[name]}" for name in ATTRIBUTES)
    tables = "".join(
        MARTIN_TABLE.format(tier=tier, extent=EXTENT, buffer=BUFFER, rows=properties)
        for tier in TIERS
    )
    return MARTIN_CONFIG.format(url=_url(admin), cache=cache_mb, tables=tables)


MARTIN_CONFIG = """
worker_processes: 1
cache_size_mb: {cache}
postgres:
  connection_string: '{url}'
  pool_size: 8
  auto_publish: false
  tables:
{tables}"""
MARTIN_TABLE = """    districts_{tier}:
      schema: bench
      table: districts_{tier}
      srid: 3857
      geometry_column: geom
      geometry_type: MULTIPOLYGON
      id_column: id
      extent: {extent}
      buffer: {buffer}
      clip_geom: true
      properties: {{{rows}}}
"""


def _url(admin: str) -> str:
    """Return the address with a socket's folder as its host, as all clients read it."""
    at = make_url(admin)
    host = quote(str(at.query.get("host", at.host)), safe="")
    who = f"{quote(at.username or '')}:{quote(str(at.password or ''))}"
    port = f":{at.port}" if at.port else ""
    return f"postgresql://{who.rstrip(':')}@{host}{port}/{at.database}"


def _version(folder: Path, package: str) -> str:
    python = folder / "bin" / "python"
    ask = f"import importlib.metadata as m; print(m.version({package!r}))"
    done = subprocess.run(
        [python, "-c", ask], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
