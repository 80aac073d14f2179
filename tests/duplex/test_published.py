"""The published table, counted again."""

from duplex.measure import published


def test_printed_heads_have_871_characters():
    heads = published.REQUEST, published.RESPONSE
    assert sum(map(published.characters, heads)) == published.BYTES["polling"] == 871


def test_heads_travel_as_909_bytes():
    request, response = map(published.on_the_wire, (published.REQUEST, published.RESPONSE))
    assert len(request + response) == 909
    assert request.count(b"\r\n") == 12 and response.count(b"\r\n") == 7
    assert request.endswith(b"\r\n\r\n") and b"\r\n\r\n" not in request[:-4]


def test_table_comes_out_with_two_to_the_20th():
    bits = [published.megabits(871, clients, 2**20) for clients in published.CLIENTS]
    assert (round(bits[0], 1), round(bits[1]), round(bits[2])) == published.POLLING
    frames = [published.megabits(2, clients, 2**20) for clients in published.CLIENTS]
    assert tuple(round(frame, 3) for frame in frames) == published.WEBSOCKET


def test_megabits_are_decimal():
    assert published.megabits(871, 1_000) == 6.968
