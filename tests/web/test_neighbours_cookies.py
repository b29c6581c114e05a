"""Cookies that a page of a neighbouring name, or somebody on the way, puts beside those of a hosted installation."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from reattune.web.hosted import middleware
from reattune.web.hosted.environment import Hosting
from reattune.web.store.known_address import COOKIE
from reattune.web.store.models import JournalAddress

Own = Callable[..., Client]
# No browser takes "\u2000__Host-x" for a name that begins with "__Host-"; Python's strip() does.
SPACES = [each for each in map(chr, range(sys.maxunicode + 1)) if each.isspace()]


def _through(header: bytes) -> HttpRequest:
    """The request that a view gets, where a browser sent these cookies."""
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    middleware.own_cookies(view)(RequestFactory().get("/today/", HTTP_COOKIE=header.decode("latin-1")))
    return seen[0]


@pytest.mark.parametrize("space", SPACES, ids=ascii)
def test_a_space_before_the_name_makes_no_name_of_ours(space: str) -> None:
    his = f"{space}__Host-reattune_open=his".encode()
    for header in (b"__Host-reattune_open=hers; " + his, his + b"; __Host-reattune_open=hers"):
        believed = _through(header).COOKIES
        # Of a plain space no more than the browser's own separator; and of two with one name neither.
        assert believed in ({"reattune_open": "hers"}, {}), believed
        assert believed or space in " \t"
    alone = _through(his).COOKIES
    assert alone == ({"reattune_open": "his"} if space in " \t" else {})


@pytest.mark.parametrize(
    "name",
    ["__host-reattune_open", "__Host-", "reattune_open", "__Host-reattune_open\u200b", "__Host-é", '"__Host-x"', ""],
)
def test_no_other_name_is_believed(name: str) -> None:
    request = _through(f"{name}=his; __Host-reattune_to=hers; alone".encode())
    assert request.COOKIES == {"reattune_to": "hers"}
    assert request.META["HTTP_COOKIE"] == "__Host-reattune_to=hers"


def test_a_name_that_comes_twice_is_believed_in_neither() -> None:
    assert _through(b"__Host-a=1; __Host-b=2; __Host-a=3").COOKIES == {"b": "2"}


@pytest.mark.django_db
def test_who_says_to_be_told_very_many_addresses_gets_no_more_asked(
    own: Own, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    own()
    address = bytes(JournalAddress.objects.get().id).hex()
    others = [f"{number:0{len(address)}x}" for number in range(1_000)]
    for told in ([address] * 1_000, others, [address, *others]):
        client = Client()
        client.cookies[COOKIE] = ".".join(told)
        for path in ("/", "/unlock/"):
            with django_assert_max_num_queries(40):
                assert client.get(path).status_code in {200, 302}


def test_what_the_answer_sets_has_a_name_that_only_this_host_can_give() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        answer = HttpResponse()
        answer.set_cookie("reattune_open", "mine", path="/example/", httponly=True, samesite="Strict")
        answer.delete_cookie("reattune_first")
        return answer

    given, taken = middleware.own_cookies(view)(RequestFactory().get("/today/")).cookies.output(header="").split("\r\n")
    assert given.strip() == '__Host-reattune_first=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; Secure'
    assert taken.strip() == "__Host-reattune_open=mine; HttpOnly; Path=/; SameSite=Strict; Secure"


@pytest.fixture
def hosted(settings: object, db: None) -> None:
    settings.HOSTING = Hosting(hosts=("testserver",), secret="s" * 50)  # type: ignore[attr-defined]
    around = "reattune.web.hosted.middleware.own_cookies"
    settings.MIDDLEWARE = [around, *settings.MIDDLEWARE]  # type: ignore[attr-defined]


def _header(client: Client, *besides: str) -> str:
    mine = [f"{name}={each.value}" for name, each in client.cookies.items() if each.value]
    return "; ".join([*mine, *besides]).encode().decode("latin-1")


def test_nobody_elses_journal_comes_under_her_hands_and_hers_stays_open(hosted: None, own: Own) -> None:
    hers, his = own(therapist="Miriam"), own(therapist="Anselm")
    for name in ("__Host-reattune_open", "__Host-reattune_to"):
        value = his.cookies[name].value
        for besides in (f"\u2000{name}={value}", f"\u3000{name}={value}", f"{name.removeprefix('__Host-')}={value}"):
            page = Client().get("/settings/", HTTP_COOKIE=_header(hers, besides)).content.decode()
            assert "Miriam" in page
            assert "Anselm" not in page
    left = Client().get("/settings/", HTTP_COOKIE=_header(hers, "\u2000__Host-reattune_left=1"))
    assert left.status_code == 200
    assert Client().get("/settings/", HTTP_COOKIE=_header(hers)).status_code == 200
