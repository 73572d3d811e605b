"""The fetcher goes where it may, and no further; it takes what it can hold."""

import gzip
import time
import zlib
from ipaddress import ip_network

import pytest

from layers.errors import AddressRefused, BadAnswer, SourceAway
from layers.fetch import USER_AGENT, Wanted, fetch
from layers.fetch_address import address, refusal
from layers.fetch_body import Limits
from tests.portal_server import JSON, certificate, portal

HERE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
BODY = b'{"type": "FeatureCollection", "features": []}'
# Packed at no instant, so that tests have the same names in each process.
TWICE = gzip.compress(gzip.compress(BODY, mtime=0), mtime=0)
QUICK = Limits(most_bytes=100_000, total_s=0.6, read_s=0.3)


@pytest.fixture
def there():
    with portal() as opened:
        opened.tells("/data", BODY, ETag='"one"', **JSON)
        yield opened


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    """Contexts of a server that is portal.test, and of a client that believes it."""
    return certificate(tmp_path_factory.mktemp("tls"), "portal.test")


def wanted(there, path="/data", *, host="127.0.0.1", networks=HERE, **more):
    ports = more.pop("ports", (there.port,))
    kinds = ("application/geo+json", "application/json")
    return Wanted(there.url(path, host), kinds, networks, ports, **more)


def at(*addresses):
    """A resolver that gives these, one after the other, and counts how often."""
    asked = []

    def resolve(host, port):
        asked.append(host)
        return [addresses[min(len(asked), len(addresses)) - 1]]

    resolve.asked = asked
    return resolve


def test_a_source_that_lists_its_network_is_fetched(there):
    found = fetch(wanted(there))
    assert (found.body, found.etag) == (BODY, '"one"')
    ((_, headers),) = there.asked
    assert headers["User-Agent"] == USER_AGENT
    assert headers["Host"] == f"127.0.0.1:{there.port}"
    assert "Authorization" not in headers
    assert "Cookie" not in headers


def test_an_ipv6_address_too():
    with portal("::1") as there:
        there.tells("/data", BODY, **JSON)
        assert fetch(wanted(there, host="[::1]")).body == BODY
        with pytest.raises(AddressRefused, match="loopback"):
            fetch(wanted(there, host="[::1]", networks=()))
        assert there.asked[0][1]["Host"] == f"[::1]:{there.port}"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "localhost.", "127.1", "2130706433", "0x7f.1", "[::1]"],
)
def test_no_spelling_of_this_machine_is_asked(there, host):
    with pytest.raises((AddressRefused, SourceAway)) as refused:
        fetch(wanted(there, host=host, networks=()))
    assert "loopback" in str(refused.value) or "no address" in str(refused.value)
    assert there.asked == []


@pytest.mark.parametrize(
    "ip",
    [
        "10.1.2.3", "172.16.0.1", "192.168.1.1",  # private
        "127.0.0.1", "127.9.9.9", "::1",  # loopback
        "169.254.169.254", "fe80::1", "fe80::1%lo", "169.254.170.2",  # link-local
        "224.0.0.1", "ff02::1", "239.255.255.250",  # multicast
        "0.0.0.0", "::", "0.1.2.3",  # noqa: S104 - unspecified
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",  # reserved
        "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",  # clouds'
        "fd00:ec2::254", "fc00::1", "fec0::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:a01:203",  # mapped
        "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "2001:0:7f00:1::",
        "no-ip",
    ],
)  # fmt: skip
def test_no_address_is_asked_that_is_not_public(there, ip):
    assert refusal(ip, ()) is not None
    with pytest.raises(AddressRefused, match="allowed are public addresses"):
        fetch(wanted(there, host="portal.test", networks=()), resolve=at(ip))


def test_public_addresses_are_asked_and_listed_networks_hold_their_own_kind_only():
    assert refusal("93.184.216.34", ()) is None
    assert refusal("2606:2800:220:1:248:1893:25c8:1946", ()) is None
    own = (ip_network("10.1.0.0/16"),)
    assert refusal("10.1.2.3", own) is None
    assert refusal("10.2.2.3", own) is not None
    assert refusal("::ffff:10.1.2.3", own) is not None
    assert refusal("::ffff:10.1.2.3", (ip_network("::ffff:10.1.0.0/112"),)) is None


def test_one_bad_address_among_good_ones_is_enough(there):
    with pytest.raises(AddressRefused):
        fetch(
            wanted(there, host="portal.test", networks=()),
            resolve=lambda _host, _port: ["93.184.216.34", "10.0.0.1"],
        )


def test_a_name_is_looked_up_once_so_it_cannot_change_between_look_and_visit(there):
    # The first answer is what we allow; the second would be elsewhere.
    only = (ip_network("127.0.0.1/32"),)
    changing = at("127.0.0.1", "127.0.0.2")
    found = fetch(wanted(there, host="portal.test", networks=only), resolve=changing)
    assert found.body == BODY
    assert changing.asked == ["portal.test"]
    # The other way round it is refused, though a second look would be fine.
    with pytest.raises(AddressRefused):
        fetch(
            wanted(there, host="portal.test", networks=only),
            resolve=at("10.0.0.1", "127.0.0.1"),
        )
    assert len(there.asked) == 1


def test_a_redirect_is_looked_up_again(there):
    there.leads("/moved", "/data")
    only = (ip_network("127.0.0.1/32"),)
    with pytest.raises(
        AddressRefused, match=r"portal\.test leads to 169\.254\.169\.254"
    ):
        fetch(
            wanted(there, "/moved", host="portal.test", networks=only),
            resolve=at("127.0.0.1", "169.254.169.254"),
        )
    assert [path for path, _ in there.asked] == ["/moved"]


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.2:{port}/data",
        "http://[::1]:{port}/data",
        "http://169.254.169.254/latest/meta-data/",
        "//127.0.0.3:{port}/data",
        "http://localhost:{port}/data",
    ],
)
def test_a_redirect_to_what_is_not_listed_is_refused(there, to):
    there.leads("/moved", to.format(port=there.port))
    only = (ip_network("127.0.0.1/32"),)
    if "localhost" in to:
        only = (ip_network("127.0.0.9/32"), *only)
        resolve = {"127.0.0.1": ["127.0.0.1"], "localhost": ["127.0.0.8"]}
        ask = {"resolve": lambda host, _port: resolve[host]}
    else:
        ask = {}
    with pytest.raises(AddressRefused):
        fetch(wanted(there, "/moved", networks=only), **ask)
    assert [path for path, _ in there.asked] == ["/moved"]


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ftp://127.0.0.1/", "http://127.0.0.1:1/", "gopher:"]
)
def test_a_redirect_to_another_scheme_or_port_is_refused(there, to):
    there.leads("/moved", to)
    with pytest.raises((AddressRefused, BadAnswer)):
        fetch(wanted(there, "/moved"))


def test_five_redirects_are_followed_and_not_six(there):
    for step in range(6):
        there.leads(
            f"/{step}", f"/{step + 1}", status=(301, 302, 303, 307, 308)[step % 5]
        )
    there.tells("/6", BODY, **JSON)
    assert fetch(wanted(there, "/1")).body == BODY
    with pytest.raises(AddressRefused, match="more than 5 redirects"):
        fetch(wanted(there, "/0"))


def test_a_redirect_without_a_place_is_told(there):
    there.tells("/moved", b"", 302)
    with pytest.raises(BadAnswer, match="302 without a place"):
        fetch(wanted(there, "/moved"))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "scheme is 'file'"),
        ("ftp://portal.test/x", "scheme is 'ftp'"),
        ("portal.test/x", "allowed: http, https"),
        ("http:///x", "allowed: http, https"),
        ("http://user:secret@portal.test/", "no name or password"),
        (
            "http://portal.test:22/",
            "port is 22; allowed for this source: 80, 443, 8080",
        ),
        ("http://portal.test:0x50/", "not an address"),
        ("http://portal.test\\@evil.test/", "no spaces"),
        ("http://portal.test/a b", "no spaces"),
        ("http://portal.test/\r\nHost: x", "no spaces"),
        ("http://" + "a" * 3000, "2,000 letters"),
    ],
)
def test_what_is_no_address_is_refused_in_words(url, why):
    with pytest.raises(AddressRefused, match=why) as refused:
        address(url, ports=(8080,))
    assert "secret" not in str(refused.value)


def test_an_address_shows_its_host_and_never_its_query():
    parts = address("HTTPS://Portal.Test/a?token=secret#there")
    assert parts.origin == ("https", "portal.test", 443)
    assert parts.target == "/a?token=secret"
    assert "secret" not in repr(parts)
    assert "secret" not in repr(Wanted("http://h/?k=secret", (), token="secret"))


def test_tls_is_verified_against_the_name_though_the_address_is_pinned(trusted):
    server, client = trusted
    with portal(tls=server) as there:
        there.tells("/data", BODY, **JSON)
        named = wanted(there, host="portal.test")
        found = fetch(named, resolve=at("127.0.0.1"), trust=client)
        assert found.body == BODY
        assert there.names == ["portal.test"]
        assert there.asked[0][1]["Host"] == f"portal.test:{there.port}"
        other = wanted(there, host="other.test")
        with pytest.raises(SourceAway, match="certificate is not to be trusted"):
            fetch(other, resolve=at("127.0.0.1"), trust=client)
        with pytest.raises(SourceAway, match="certificate is not to be trusted"):
            fetch(named, resolve=at("127.0.0.1"))  # the system does not know it
        assert len(there.asked) == 1


def test_a_token_goes_to_its_host_alone_and_over_tls_alone(trusted, there):
    server, client = trusted
    with portal(tls=server) as first, portal(tls=server) as second:
        ports = (first.port, second.port, there.port)
        first.leads("/self", "/away")
        first.leads("/away", second.url("/back", "portal.test"))
        second.leads("/back", first.url("/data", "portal.test"))
        first.tells("/data", BODY, **JSON)
        asked = wanted(first, "/self", host="portal.test", ports=ports, token="secret")
        assert fetch(asked, resolve=at("127.0.0.1"), trust=client).body == BODY
        shown = [headers.get("Authorization") for _, headers in first.asked]
        assert shown == ["Bearer secret", "Bearer secret", None]
        assert "Authorization" not in second.asked[0][1]
        first.leads("/down", there.url("/data"))
        asked = wanted(first, "/down", host="portal.test", ports=ports, token="secret")
        with pytest.raises(AddressRefused, match="from https to http"):
            fetch(asked, resolve=at("127.0.0.1"), trust=client)
    with pytest.raises(AddressRefused, match="https alone"):
        fetch(wanted(there, token="secret"))
    assert there.asked == []


def test_what_we_have_already_is_not_sent_again(there):
    there.tells("/data", b"", 304)
    dated = "Sat, 02 May 2020 00:00:00 GMT"
    found = fetch(wanted(there, etag='"one"', last_modified=dated))
    assert (found.body, found.etag, found.last_modified) == (None, '"one"', dated)
    headers = there.asked[0][1]
    assert headers["If-None-Match"] == '"one"'
    assert headers["If-Modified-Since"] == dated
    with pytest.raises(BadAnswer, match="304"):
        fetch(wanted(there))  # who has nothing cannot be told so


@pytest.mark.parametrize("status", [204, 206, 400, 401, 404, 500, 503])
def test_another_status_is_told(there, status):
    there.tells("/data", b"", status, **JSON)
    with pytest.raises(BadAnswer, match=f"answered {status}"):
        fetch(wanted(there))


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/zip", ""])
def test_another_type_is_told_with_those_allowed(there, kind):
    there.tells("/data", BODY, **({"Content-Type": kind} if kind else {}))
    with pytest.raises(BadAnswer, match="allowed: application/geo\\+json"):
        fetch(wanted(there))


def deflated(data, window):
    engine = zlib.compressobj(wbits=window)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(BODY, mtime=0)),
        ("GZIP", gzip.compress(BODY[:9], mtime=0) + gzip.compress(BODY[9:], mtime=0)),
        ("deflate", deflated(BODY, 15)),
        ("deflate", deflated(BODY, -15)),
        ("identity", BODY),
    ],
)
def test_packed_bodies_are_unpacked(there, coding, packed):
    there.tells("/data", packed, Content_Encoding=coding, **JSON)
    assert fetch(wanted(there)).body == BODY


@pytest.mark.parametrize(
    ("coding", "packed", "why"),
    [
        ("gzip", gzip.compress(BODY, mtime=0)[:-9], "before it is complete"),
        ("gzip", BODY, "cannot be unpacked"),
        ("deflate", b"\xff" * 99, "cannot be unpacked"),
        ("br", BODY, "packed as 'br'"),
        ("gzip, gzip", TWICE, "packed as 'gzip, gzip'"),
    ],
)
def test_what_cannot_be_unpacked_is_told(there, coding, packed, why):
    there.tells("/data", packed, Content_Encoding=coding, **JSON)
    with pytest.raises(BadAnswer, match=why):
        fetch(wanted(there))


@pytest.mark.parametrize("window", [31, 15])
def test_a_bomb_is_put_away_before_it_goes_off(there, window):
    engine = zlib.compressobj(9, wbits=window)
    nothing = bytes(2**20)
    bomb = b"".join(engine.compress(nothing) for _ in range(200)) + engine.flush()
    coding = "gzip" if window > 15 else "deflate"
    there.tells("/data", bomb, Content_Encoding=coding, **JSON)
    assert len(bomb) < 300_000
    with pytest.raises(BadAnswer, match="inflates to more than 100 times"):
        fetch(wanted(there), limits=Limits(most_bytes=2**30))
    with pytest.raises(BadAnswer, match="larger than 1,000,000 bytes"):
        fetch(wanted(there), limits=Limits(most_bytes=1_000_000))


def test_too_large_a_body_is_refused_by_its_header_or_while_it_comes(there):
    there.tells("/data", b"x" * 200_000, **JSON)
    with pytest.raises(BadAnswer, match="larger than 100,000 bytes"):
        fetch(wanted(there), limits=QUICK)

    def endless(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", JSON["Content-Type"])
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"2000\r\n" + b"x" * 0x2000 + b"\r\n")

    there.routes["/data"] = endless
    with pytest.raises(BadAnswer, match="larger than 100,000 bytes"):
        fetch(wanted(there), limits=QUICK)


def dripping(before, each, every=0.05):
    """A server that is never silent for long and never done."""

    def drip(handler):
        handler.wfile.write(before)
        while True:
            handler.wfile.write(each)
            handler.wfile.flush()
            time.sleep(every)

    return drip


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.alone
@pytest.mark.parametrize(
    ("before", "each"),
    [
        (HEAD + b"Content-Length: 9999\r\n\r\n", b" "),
        (HEAD + b"\r\n", b" "),  # its end is told by closing: cut off is not an end
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"", b"H"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_whoever_drips_is_left_when_the_time_is_up(there, before, each):
    there.routes["/data"] = dripping(before, each)
    begun = time.monotonic()
    with pytest.raises(SourceAway, match=r"longer than 0\.6 s|connection failed"):
        fetch(wanted(there), limits=QUICK)
    assert time.monotonic() - begun < 1.5


def test_redirects_share_the_time(there):
    def late(handler):
        time.sleep(0.2)
        handler.send_response(302)
        handler.send_header("Location", "/data")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    there.routes["/data"] = late
    with pytest.raises(SourceAway, match=r"longer than 0\.6 s"):
        fetch(wanted(there), limits=QUICK)


@pytest.mark.alone
def test_silence_is_told(there):
    there.routes["/data"] = lambda _handler: time.sleep(1)
    begun = time.monotonic()
    with pytest.raises(SourceAway, match=r"nothing came for 0\.3 s"):
        fetch(wanted(there), limits=QUICK)
    assert time.monotonic() - begun < 0.9


def test_who_is_not_there_is_told(there):
    def nobody(_host, _port):
        raise OSError("no such name")

    with pytest.raises(SourceAway, match=r"portal\.test has no address"):
        fetch(wanted(there, host="portal.test"), resolve=nobody)
    with pytest.raises(SourceAway, match="has no address"):
        fetch(wanted(there, host="portal.test"), resolve=lambda *_: [])
    gone = wanted(there)
    with portal() as other:
        closed = wanted(other)
    with pytest.raises(SourceAway, match="connection failed"):
        fetch(closed)
    there.routes["/data"] = lambda handler: handler.connection.shutdown(2)
    with pytest.raises(SourceAway, match="connection failed"):
        fetch(gone)


@pytest.mark.alone
def test_a_name_that_nobody_answers_for_is_left_in_time(there):
    begun = time.monotonic()
    with pytest.raises(SourceAway, match=r"looking up the name portal\.test took too"):
        fetch(
            wanted(there, host="portal.test"),
            resolve=lambda *_: time.sleep(1) or [],
            limits=QUICK,
        )
    assert time.monotonic() - begun < 0.9


def test_a_body_that_is_cut_short_is_told(there):
    def cut(handler):
        handler.wfile.write(HEAD + b"Content-Length: 999\r\n\r\n{}")
        handler.close_connection = True

    there.routes["/data"] = cut
    with pytest.raises(SourceAway, match="connection failed"):
        fetch(wanted(there))


def test_the_second_address_is_asked_where_the_first_does_not_answer(there):
    found = fetch(
        wanted(there, host="portal.test"),
        resolve=lambda _host, _port: ["127.0.0.77", "127.0.0.1"],
    )
    assert found.body == BODY


def test_the_environments_proxies_have_no_part(there, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetch(wanted(there)).body == BODY
