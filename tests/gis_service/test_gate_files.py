"""Files on their way to slow readers keep nobody from working, up to a number."""

from werkzeug.test import Client

from gis_service.gate import FILED, Gate, Gated

LARGE = [("Content-Length", "99999999")]


def filed(environ, start_response):
    environ[FILED] = True
    start_response("200 OK", LARGE)
    return iter([b"a", b"b"])


def busy(_environ, start_response):
    start_response("503 SERVICE UNAVAILABLE", [])
    return [b"busy"]


def test_a_file_that_is_sent_makes_room_for_others_at_once():
    gated = Gated(filed, busy, Gate(1, 0), Gate(1, 0), Gate(2, 0))
    client = Client(gated)
    answers = [client.get("/layers/a.csv", buffered=False) for _ in range(2)]
    for answer in answers:
        assert next(answer.iter_encoded()) == b"a"
    assert (gated.every._inside, gated.long._inside, gated.sent._inside) == (0, 0, 2)
    for answer in answers:
        answer.close()
        answer.close()
    assert gated.sent._inside == 0


def test_one_file_too_many_holds_a_place_among_those_at_work():
    gated = Gated(filed, busy, Gate(1, 0), Gate(1, 0), Gate(1, 0))
    client = Client(gated)
    answers = [client.get("/layers/a.csv", buffered=False) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (gated.every._inside, gated.long._inside, gated.sent._inside) == (1, 1, 1)
    assert client.get("/layers/a.csv").status_code == 503
    for answer in answers:
        answer.close()
    assert gated.every._inside == gated.long._inside == gated.sent._inside == 0
