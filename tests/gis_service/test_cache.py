"""The cache holds bytes by key, weighs them, and computes each once at a time."""

import threading
import time

import pytest

from gis_service.cache import ENTRY_BYTES, Cache


def test_a_kept_answer_is_not_made_again():
    cache, made = Cache(), []

    def make():
        made.append(1)
        return b"x"

    assert cache.of("a", make) == cache.of("a", make) == b"x"
    assert made == [1]


def test_the_longest_unused_goes_first_when_it_gets_heavy():
    cache = Cache(capacity=2 * ENTRY_BYTES + 25)
    for key in ("a", "b"):
        cache.of(key, lambda: b"x" * 10)
    cache.of("a", lambda: b"never")
    cache.of("c", lambda: b"x" * 10)
    assert cache.of("a", lambda: b"new") == b"x" * 10
    assert cache.of("b", lambda: b"new") == b"new"


def test_what_is_heavier_than_the_cache_is_answered_but_not_kept():
    cache = Cache(capacity=ENTRY_BYTES + 5)
    assert cache.of("a", lambda: b"x" * 50) == b"x" * 50
    assert cache.of("a", lambda: b"new") == b"new"


def test_empty_answers_weigh_too_so_that_their_number_is_bounded():
    cache = Cache(capacity=10 * ENTRY_BYTES)
    for key in range(1000):
        cache.keep(str(key), b"")
    assert sum(cache.kept(str(key)) is not None for key in range(1000)) < 10


def test_an_answer_kept_twice_weighs_once():
    cache = Cache(capacity=2 * ENTRY_BYTES + 25)
    for _ in range(50):
        cache.keep("a", b"x" * 10)
    cache.keep("b", b"x" * 10)
    assert cache.kept("a") == cache.kept("b") == b"x" * 10


def test_of_many_at_once_one_computes_and_the_others_wait():
    cache, made, found = Cache(), [], []

    def make():
        made.append(1)
        time.sleep(0.05)
        return b"x"

    threads = [
        threading.Thread(target=lambda: found.append(cache.of("a", make)))
        for _ in range(6)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert found == [b"x"] * 6
    assert made == [1]


def test_an_error_is_told_and_leaves_nothing_behind():
    cache = Cache()

    def broken():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        cache.of("a", broken)
    assert cache.of("a", lambda: b"x") == b"x"
