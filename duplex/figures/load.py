"""Pictures of a load test: what a chat delivers, and how late, against the size of the crowd."""

from matplotlib.figure import Figure


def crowds(name: str, rounds: list) -> Figure:
    """Draw deliveries in a second and their delay for each size of a crowd, side by side."""
    figure = Figure(figsize=(8.4, 3.2), layout="constrained")
    speed, delay = figure.subplots(1, 2)
    sizes = [one.clients for one in rounds]
    speed.plot(sizes, [one.rate for one in rounds], "-o", color="C0")
    speed.set(xlabel="clients in the room", ylabel="deliveries per second", ylim=(0, None))
    for what, label, colour in (("p99", "99 %", "C3"), ("p50", "half", "C0")):
        delay.plot(sizes, [getattr(one, what) for one in rounds], "-o", color=colour,
                   label=f"{label} of the deliveries came within")  # fmt: skip
    delay.set(
        xlabel="clients in the room", ylabel="delay (ms), 20 messages at once", ylim=(0, None)
    )
    delay.legend(frameon=False)
    for axes in (speed, delay):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xlim(0, None)
    figure.suptitle(f"A crowd in one room of {name}")
    return figure
