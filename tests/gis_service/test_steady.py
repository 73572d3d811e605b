"""Bodies of requests are read for as long as their senders keep up."""

import pytest

from gis_service.steady import PATIENCE_S, Steady
from movements.errors import TooSlowToSend

MEGABYTE = 1024 * 1024


class Line:
    """A sender with so many bytes, each of which takes so long."""

    def __init__(self, size: int, seconds: float):
        self.left, self.seconds, self.now = size, seconds, 0.0
        self.sizes: list[int] = []

    def read(self, size: int = -1) -> bytes:
        given = min(size, self.left)
        self.sizes.append(size)
        self.left -= given
        self.now += given * self.seconds
        return b"x" * given

    def body(self) -> Steady:
        return Steady(self, clock=lambda: self.now)


def test_a_body_is_read_whole_or_by_so_many_bytes():
    body = Line(5_000_000, 1e-8).body()
    assert [len(body.read(1)), len(body.read(3 * MEGABYTE)), len(body.read())] == [
        *(1, 3 * MEGABYTE),
        5_000_000 - 3 * MEGABYTE - 1,
    ]
    assert body.read() == b""


def test_a_fast_line_is_asked_for_few_large_pieces():
    line = Line(16 * MEGABYTE, 1e-9)
    line.body().read(16 * MEGABYTE)
    assert len(line.sizes) < 300


def test_who_sends_a_byte_now_and_then_is_not_waited_for():
    line = Line(1000, 3.0)
    with pytest.raises(TooSlowToSend, match="Send the file in parts"):
        line.body().read(1000)
    assert line.now == pytest.approx(PATIENCE_S, abs=4)


def test_a_slow_line_that_keeps_up_is_waited_for():
    line = Line(4 * MEGABYTE, 25 / MEGABYTE)
    assert len(line.body().read(4 * MEGABYTE)) == 4 * MEGABYTE
    assert line.now == pytest.approx(100)


def test_what_is_done_between_two_pieces_is_not_counted():
    line = Line(2000, 0.001)
    body = line.body()
    body.read(1000)
    line.now += 1000
    assert len(body.read(1000)) == 1000
