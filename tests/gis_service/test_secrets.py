"""Secrets are made once, kept closed, and shown to nobody."""

import threading

import pytest

from gis_service.secrets import LooseSecret, LostKek, keks, secrets_in


def test_secrets_are_made_once_with_mode_600(tmp_path):
    first = secrets_in(tmp_path)
    assert secrets_in(tmp_path) == first
    folder = tmp_path / "secrets"
    assert folder.stat().st_mode & 0o777 == 0o700
    files = list(folder.iterdir())
    assert len(files) == 4
    assert {each.stat().st_mode & 0o777 for each in files} == {0o600}


def test_every_key_is_another_of_32_bytes(tmp_path):
    made = secrets_in(tmp_path)
    (kek,) = keks(tmp_path / "secrets")
    keys = {made.cookie_key, kek, made.index_key, made.digest_key}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {32}


def test_a_file_open_to_others_is_refused_in_words(tmp_path):
    secrets_in(tmp_path)
    kek = tmp_path / "secrets" / "kek.key"
    kek.chmod(0o640)
    with pytest.raises(LooseSecret, match=r"kek\.key has mode 640; allowed: 600"):
        secrets_in(tmp_path)


def test_a_key_cut_short_is_refused(tmp_path):
    secrets_in(tmp_path)
    kek = tmp_path / "secrets" / "kek.key"
    kek.write_text("abcd")
    with pytest.raises(LooseSecret, match="holds 2 bytes"):
        secrets_in(tmp_path)


def test_the_settings_key_signs_cookies_instead_of_the_files(tmp_path):
    assert secrets_in(tmp_path, secret_key="given").cookie_key == b"given"


def test_many_starting_at_once_agree_on_one_key(tmp_path):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(secrets_in(tmp_path)))
        for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(found)) == 1
    assert len({each.kek.newest() for each in found}) == 1


def test_no_key_shows_when_printed(tmp_path):
    made = secrets_in(tmp_path)
    assert made.kek.newest()
    assert repr(made) == "Secrets(...)"
    assert repr(made.kek) == "KeyRing(...)"


def test_a_lost_key_encryption_key_is_never_made_anew(tmp_path):
    made = secrets_in(tmp_path)
    (tmp_path / "secrets" / "kek.key").unlink()
    with pytest.raises(LostKek, match="put its backup in place"):
        secrets_in(tmp_path)
    with pytest.raises(LostKek):
        made.kek.newest()
