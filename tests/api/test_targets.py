"""Where webhooks may go."""

import asyncio
import ipaddress
import socket
import ssl
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.api.errors import BadTargetError
from grader.api.posting.post import post
from grader.api.posting.target import addresses_of, is_public, target_of

PRIVATE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "[::1]",  # noqa: S104
    "[fe80::1]", "[fc00::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[2002:7f00:1::]", "[64:ff9b::7f00:1]",
    "[ff02::1]", "224.0.0.1", "255.255.255.255", "[::]", "[2001:db8::1]",
)  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_an_address_that_is_not_public_is_refused_at_once(host: str) -> None:
    with pytest.raises(BadTargetError, match="private network"):
        target_of(f"https://{host}/hook", ())


@pytest.mark.parametrize(
    "url",
    [
        "http://erp.example.org/hook", "ftp://erp.example.org", "https://", "https:///hook", "erp.example.org",
        "https://user:secret@erp.example.org/", "https://erp.example.org/#part", "https://erp.example.org:99999/",
        "https://erp.example.org/a b", "https://erp.example.org/\r\nX: y", "https://[::1/", "https://erp.example.org/ü",
        "https://erp.example.org/" + "a" * 3000, "", "https://\x00/",
    ],
)  # fmt: skip
def test_what_is_no_address_for_webhooks_is_a_sentence(url: str) -> None:
    with pytest.raises(BadTargetError):
        target_of(url, ())


def test_what_is_allowed_by_name_may_be_private_and_plain() -> None:
    assert target_of("http://erp.lan:8080/hook?a=b", ("erp.lan",)).path == "/hook?a=b"
    assert target_of("http://127.0.0.1/", ("127.0.0.1",)).private
    with pytest.raises(BadTargetError):
        target_of("http://other.lan/hook", ("erp.lan",))


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    async def found(self: Any, host: str, port: int, **_: Any) -> list[Any]:  # noqa: ANN401, ARG001 - asyncio's own
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", found)


@pytest.mark.parametrize("addresses", [("10.0.0.1",), ("8.8.8.8", "127.0.0.1"), ("::1",), ("fe80::1%eth0",)])
def test_a_name_that_leads_into_a_private_network_is_refused_when_it_is_looked_up(
    monkeypatch: pytest.MonkeyPatch, addresses: tuple[str, ...]
) -> None:
    names(monkeypatch, *addresses)
    target = target_of("https://rebound.example.org/hook", ())
    with pytest.raises(BadTargetError, match="private network"):
        asyncio.run(addresses_of(target))
    answer = asyncio.run(post(target, {}, b"{}", ssl.create_default_context()))
    assert (answer.delivered, "private network" in str(answer.error)) == (False, True)


def test_a_public_name_is_connected_to_by_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "93.184.215.14")
    assert asyncio.run(addresses_of(target_of("https://erp.example.org/", ()))) == ["93.184.215.14"]


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_by_the_inner_one(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    assert is_public(mapped) == is_public(address)


@given(st.text(max_size=60))
def test_any_text_is_a_target_or_a_sentence(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.org/{text}"):
        try:
            target = target_of(url, ())
        except BadTargetError:
            continue
        assert target.host
        assert target.path.isprintable()
