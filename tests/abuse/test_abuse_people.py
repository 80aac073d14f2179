"""People who pretend to be others, in words, names and cookies: nobody believes them."""

import pytest

from duplex.people import is_closed
from duplex.visitor import PASSWORD, Visitor

SCRIPT = '<script>alert("1")</script>'
IMAGE = "<img src=x onerror=alert(1)>"
AUTHORS = ("ada", "ADA", "ada\u200b", "", None, 7, ["ada"], {"name": "ada"}, SCRIPT)
NAMES = (SCRIPT, "<b>", 'a"b', "a b", "a/b", "ada\0", "ADA", "", "x" * 31, "@ada", "a+b")
NOBODY = 4401


def test_forged_author_is_ignored(chat):
    room = chat.room()
    eve, grace = chat.tab("eve", room), chat.tab("grace", room)
    for author in AUTHORS:
        text = f"signed {author!r}"
        eve.send(**chat.words(text, author=author, you="ada", user="ada", name="ada"))
        while (heard := grace.listen())["type"] == "ack" or heard["text"] != text:
            pass
        assert heard["author"] == "eve"


def test_script_is_text(chat):
    eve = chat.tab("eve", IMAGE)
    assert eve.welcome["room"] == IMAGE
    for text in (SCRIPT, IMAGE, "javascript:alert(1)", "{{ 7 * 7 }}", "</li></ol>", "&lt;b&gt;"):
        eve.send(**chat.words(text))
        while (heard := eve.listen())["type"] == "ack":
            pass
        assert heard["text"] == text


def test_script_in_a_form_is_escaped(chat):
    browser = chat.people.stranger(name=SCRIPT.replace(" ", "%20").replace('"', "%22"))
    for path in ("/login/", "/signup/"):
        for page in (browser.get(path), browser.submit(path, username=SCRIPT, password="x")):
            assert page.status == 200 and "<script>alert" not in page.text
            assert page.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", NAMES)
def test_misleading_name_is_refused(chat, name):
    answer = Visitor(chat.server.address).submit("/signup/", username=name, password=PASSWORD)
    assert answer.status == 200 and 'role="alert"' in answer.text


def test_session_key_is_renewed(chat):
    eve = Visitor(chat.server.address).log_in("eve")
    victim = chat.people.stranger(**eve.cookies)
    victim.sign_up("victim")  # on a computer that eve has prepared with her own session
    assert victim.cookies["sessionid"] != eve.cookies["sessionid"]
    is_closed(chat.people.connect(eve, "elsewhere"), NOBODY, "eve's prepared session")


def test_invented_session_key_is_not_adopted(chat):
    known = {"sessionid": "x" * 32}
    victim = chat.people.stranger(**known)
    victim.log_in("ada")
    assert victim.cookies["sessionid"] != known["sessionid"]
    socket = chat.people.connect(chat.people.stranger(**known), "elsewhere")
    is_closed(socket, NOBODY, "the key that eve has invented")


def test_log_out_ends_the_key(chat):
    grace = Visitor(chat.server.address).log_in("grace")
    kept = dict(grace.cookies)
    grace.log_out()
    socket = chat.people.connect(chat.people.stranger(**kept), "elsewhere")
    is_closed(socket, NOBODY, "a key that was kept when its person logged out")
