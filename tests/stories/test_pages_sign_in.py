"""An officer signs in with a token, looks, and signs out."""

import pytest

from tests.signing_in import sign_in, sign_out


@pytest.fixture
def officer(token):
    return token("state", state=27)


def test_a_token_opens_a_session_and_is_not_kept(client, officer):
    answer = sign_in(client, f"  {officer}\n")
    assert (answer.status_code, answer.location) == (303, "/maps/flows")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert officer not in cookie
    assert client.get("/flows/state").status_code == 200
    assert "Maharashtra" in client.get("/").text


def test_signing_out_closes_it(client, officer):
    sign_in(client, officer)
    cookie = client.get_cookie("nmis").value
    answer = sign_out(client)
    assert answer.location == "/"
    assert answer.headers["Set-Cookie"].startswith("nmis=;")
    assert client.get("/flows/state").status_code == 401
    client.set_cookie("nmis", cookie)  # whoever kept it has nothing
    assert client.get("/flows/state").status_code == 401


@pytest.mark.parametrize("wrong", ["", "nonsense", "nmis_aa_bb", "nmis_\0_x", "<i>x"])
def test_a_wrong_token_is_refused_in_words(client, wrong):
    answer = sign_in(client, wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "Set-Cookie" not in answer.headers
    assert not wrong or wrong not in answer.text


def test_a_form_from_another_site_does_nothing(client, officer):
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ):
        assert sign_in(client, officer, headers).status_code == 403
    assert client.get("/flows/state").status_code == 401
    sign_in(client, officer, {"Origin": "http://localhost"})
    assert sign_out(client, {"Origin": "null"}).status_code == 403
    assert client.get("/flows/state").status_code == 200


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/maps/flows#level=district", "/maps/flows#level=district"),
        ("/maps/routes/1?lang=hi", "/maps/routes/1?lang=hi"),
        ("//elsewhere.example", "/maps/flows"),
        ("/\\elsewhere.example", "/maps/flows"),
        ("https://elsewhere.example", "/maps/flows"),
        ("/x\r\nSet-Cookie: a=b", "/maps/flows"),
        ("", "/maps/flows"),
    ],
)
def test_one_goes_on_to_a_page_of_ours_only(client, officer, asked, goes):
    assert sign_in(client, officer, next=asked).location == goes


def test_a_revoked_session_is_a_stranger_again(client, officer, database):
    from gis_service import access

    sign_in(client, officer)
    assert "Maharashtra" in client.get("/").text
    with database.owner.begin() as db:
        access.revoke(db, officer.split("_")[1])
    page = client.get("/")
    assert page.status_code == 200
    assert "Maharashtra" not in page.text


def test_a_session_cannot_upload(client, token):
    sign_in(client, token("uploader", state=27))
    answer = client.post("/api/v1/batches", data=b"name\n")
    assert answer.json["code"] == "bearer_needed"


def test_pages_say_when_data_are_made_up(client, database):
    from gis_service.demo import mark

    assert 'class="synthetic"' not in client.get("/").text
    with database.owner.begin() as db:
        mark.synthetic(db)
    for path in ("/", "/maps/flows", "/sign-in"):
        assert 'class="synthetic"' in client.get(path).text
