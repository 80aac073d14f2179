"""Who is connected: the consumers of this process, in a set that lives in its memory."""

members = set()  # the same for every connection of this process, and unknown to any other process


def join(consumer) -> None:
    """Count a consumer in."""
    members.add(consumer)


def leave(consumer) -> None:
    """Count a consumer out."""
    # TODO task 3.1: take the consumer out of the set; a method of sets does it without an error when it
    #   is not in there
    pass


async def tell_everyone(answer: dict) -> None:
    """Send an answer to every member, the sender included."""
    for member in list(members):  # a copy: while one is told, others come and go
        await member.answer(answer)
