"""A note on the locked page, in a real browser: sealed before it leaves, and on Today after unlocking."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect

from tests.browser.conftest import Server
from tests.browser.person import Person

pytestmark = pytest.mark.browser
WORDS = "The canary of the locked page"
# Both sides of RFC 9180's vector; and what is inside a letter.
RFC_VECTOR = """async (v) => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) || [], (each) => parseInt(each, 16));
  const pad = (each) => each.toString(16).padStart(2, "0");
  const hex = (buffer) => Array.from(new Uint8Array(buffer), pad).join("");
  const kem = new Hpke.DhkemP256HkdfSha256();
  const suite = new Hpke.CipherSuite({ kem, kdf: new Hpke.HkdfSha256(), aead: new Hpke.Aes256Gcm() });
  const pair = await kem.deriveKeyPair(bytes(v.ikmR).buffer), ekm = await kem.deriveKeyPair(bytes(v.ikmE).buffer);
  const info = bytes(v.info).buffer, enc = bytes(v.enc).buffer;
  const reader = await suite.createRecipientContext({ recipientKey: pair.privateKey, enc, info });
  const writer = await suite.createSenderContext({ recipientPublicKey: pair.publicKey, info, ekm });
  const found = { enc: hex(writer.enc), opened: [], sealed: [] };
  found.public = hex(await kem.serializePublicKey(pair.publicKey));
  for (const each of v.encryptions) {
    const aad = bytes(each.aad).buffer;
    found.opened.push(hex(await reader.open(bytes(each.ct).buffer, aad)));
    found.sealed.push(hex(await writer.seal(bytes(each.pt).buffer, aad)));
  }
  return found;
}"""
OPENED = """async ([letter, secret]) => {
  const kem = new Hpke.DhkemP256HkdfSha256();
  const suite = new Hpke.CipherSuite({ kem, kdf: new Hpke.HkdfSha256(), aead: new Hpke.Aes256Gcm() });
  const recipientKey = await kem.deserializePrivateKey(Uint8Array.from(secret).buffer);
  const bytes = Uint8Array.from(letter), info = new TextEncoder().encode("reattune letter 1").buffer;
  const given = { recipientKey, enc: bytes.slice(1, 66).buffer, info };
  const plain = new Uint8Array(await suite.open(given, bytes.slice(66).buffer));
  return new TextDecoder().decode(plain.slice(4, 4 + new DataView(plain.buffer).getUint32(0)));
}"""
DATA = Path(__file__).parents[1] / "data" / "letters"


def test_a_note_is_sealed_in_the_browser_and_comes_in(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up()
    me.touch("Lock")
    me.reads("Unlock your journal")
    me.looks("locked-phone")
    me.unfolds("Write something down")
    me.looks("locked-phone-write")
    sent: list[Request] = []
    me.page.on("request", lambda request: sent.append(request))
    me.write("Your note", WORDS)
    me.touch("Save this note")
    me.sees("Saved and encrypted.")
    expect(me.page.get_by_label("Your note", exact=True)).to_have_value("")
    me.looks("locked-phone-written")
    bodies = [each.post_data_buffer or b"" for each in sent]
    assert any("/to/" in each.url and len(body) == 1024 for each, body in zip(sent, bodies, strict=True))
    assert not any(b"canary" in body for body in bodies)
    assert me.page.evaluate("ReattuneOutbox.waiting().then((all) => all.length)") == 0
    me.go("/unlock/")
    assert WORDS not in me.page.content()
    me.unlocks()
    me.reads("What brings you here today?")
    me.sees(WORDS)
    me.looks("came-in-phone")
    me.touch("Save to my journal")
    me.reads("Sort this note")
    me.sees(WORDS)
    me.looks("came-in-sort")
    me.touch("Save as a moment")
    me.go("/today/")
    expect(me.page.locator("#came-in")).to_have_count(0)


# Sealed as a page elsewhere would seal it, and sent to this journal.
SENDS = """async ([kind, fields]) => {
  const form = document.querySelector("form[data-note]"), address = form.querySelector("input[name=address]").value;
  const letter = await ReattuneLetter.seal(form.dataset.key, ReattuneLetter.written(kind, fields));
  return ReattuneOutbox.send(address, letter);
}"""


@pytest.mark.parametrize(("name", "width", "scheme"), [("phone", 390, "light"), ("desk-dark", 1440, "dark")])
def test_what_others_sent_stands_beside_it_as_words(
    person: Callable[..., Person], name: str, width: int, scheme: str
) -> None:
    me = person(width=width, scheme=scheme)
    passphrase = f"others write to the {name}"
    me.sets_up(passphrase=passphrase)
    me.touch("Lock")
    answer = "I didn’t notice that it hurt. <b>Thank you</b> for telling me.\n\nCan we talk about it on Thursday?"
    given = {"share_id": "0f8fad5b-d9cb-469f-a165-708677289501", "words": answer, "name": "Miriam"}
    lines = ["What happened: you looked at the clock.", "What I need: that you say when time is short."]
    for kind, fields in (
        ("answer", given),
        ("share", {"title": "A card", "lines": lines, "name": "Jo"}),
        ("note", {"words": "Ask about the break in August."}),
    ):
        assert me.page.evaluate(SENDS, [kind, fields]) is None
    assert me.page.evaluate(SENDS, ["order", {"words": "x"}]) is None
    me.unlocks(passphrase)
    me.reads("What brings you here today?")
    me.sees("One thing that came in couldn’t be read, and was removed.")
    me.looks(f"came-in-three-{name}")
    me.touch("and one more")
    me.reads("Came in")
    me.sees("I didn’t notice that it hurt. <b>Thank you</b> for telling me.")
    me.sees("Nothing proves who wrote it.")
    me.looks(f"came-in-all-{name}")


def test_without_javascript_it_is_sealed_on_arrival(person: Callable[..., Person]) -> None:
    me = person(javascript=False)
    me.sets_up(passphrase="without any script at all")
    me.touch("Lock")
    me.unfolds("Write something down")
    me.write("Your note", WORDS)
    me.touch("Save this note")
    me.sees("Saved and encrypted.")
    me.unlocks("without any script at all")
    me.sees(WORDS)


def test_half_a_character_and_a_browser_that_keeps_nothing_cost_no_note(person: Callable[..., Person]) -> None:
    me = person()
    me.sets_up(passphrase="half a character is here")
    me.touch("Lock")
    me.unfolds("Write something down")
    me.page.evaluate("document.getElementById('note').value = 'Cut in two: \\ud83d and on'")
    me.touch("Save this note")
    me.sees("Saved and encrypted.")
    me.page.evaluate("() => { ReattuneOutbox.keep = () => Promise.reject(new Error('private')); }")
    me.write("Your note", "Kept nowhere, and sent.")
    me.touch("Save this note")
    me.sees("Saved and encrypted.")
    me.unlocks("half a character is here")
    me.sees("Cut in two: \ufffd and on")
    me.sees("Kept nowhere, and sent.")


def test_what_is_too_long_stays_in_the_field(person: Callable[..., Person]) -> None:
    me = person(width=1440, scheme="dark")
    me.sets_up(passphrase="a long note is written here")
    me.touch("Lock")
    me.unfolds("Write something down")
    me.write("Your note", "é" * 40_000)
    me.touch("Save this note")
    me.sees("This is too long to save in one piece.")
    expect(me.page.get_by_label("Your note", exact=True)).to_have_value("é" * 40_000)
    me.looks("locked-desk-dark-too-long")


def test_while_the_server_is_away_it_waits_as_ciphertext_and_arrives_once(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844})  # its console says that nothing is reached
    me = Person(context.new_page(), server.address, True)
    me.sets_up(passphrase="the server goes away now")
    me.touch("Lock")
    me.unfolds("Write something down")
    me.page.route("**/to/**", lambda route: route.abort())
    me.write("Your note", WORDS)
    me.touch("Save this note")
    me.sees("You’re offline. Your note is encrypted and waits in this browser")
    waiting = me.page.evaluate("ReattuneOutbox.waiting().then((all) => all.map((each) => Array.from(each.letter)))")
    assert len(waiting) == 1
    assert b"canary" not in bytes(waiting[0])
    me.page.unroute("**/to/**")
    me.go("/unlock/")
    me.sees("What you wrote offline has arrived.")
    me.unlocks("the server goes away now")
    expect(me.page.get_by_text(WORDS)).to_have_count(1)
    context.close()


def test_the_vectors_on_the_browsers_side(person: Callable[..., Person]) -> None:
    """RFC 9180's own vector for this suite, and letters that Python sealed, open with the vendored file."""
    me = person()
    me.sets_up(passphrase="only for its page of scripts")
    me.touch("Lock")
    rfc = json.loads((DATA / "rfc9180-p256-sha256-aes256gcm-base.json").read_text("utf-8"))
    opened = me.page.evaluate(
        RFC_VECTOR,
        rfc,
    )
    assert (opened["public"], opened["enc"]) == (rfc["pkRm"], rfc["enc"])
    assert opened["opened"] == [each["pt"] for each in rfc["encryptions"]]
    assert opened["sealed"] == [each["ct"] for each in rfc["encryptions"]]
    vectors = json.loads((DATA / "letters.json").read_text("utf-8"))
    for each in vectors["sealed_by_python"]:
        letter = list(base64.b64decode(each["letter"]))
        private = list(base64.b64decode(vectors["private"])[1:])
        content = me.page.evaluate(
            OPENED,
            [letter, private],
        )
        assert json.loads(content) == each["content"]
