"""What a training says of itself while it runs: pure but for the clock it is given."""

from __future__ import annotations

from collections.abc import Callable

_EVERY_S = 60.0


class Progress:
    """Lines of a training that runs for an hour, one a minute and one an epoch.

    Args:
        epochs: how many there are in all.
        images: pictures in an epoch.
        done: epochs that were over before it began.
        say: takes a line.
        clock: seconds.
    """

    def __init__(
        self,
        epochs: int,
        images: int,
        *,
        done: int,
        say: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self._epochs, self._images, self._done = epochs, images, done
        self._say, self._clock = say, clock
        self._began = self._told = clock()
        self._seen = 0

    def batch(self, images: int, loss: float) -> None:
        """Note a batch that was learnt from."""
        self._seen += images
        now = self._clock()
        over, within = divmod(self._seen, self._images)
        if now - self._told < _EVERY_S or not within:
            return
        self._told = now
        share = within / self._images
        self._line(self._done + over + 1, f"{share:4.0%}  loss {loss:.3f}")

    def epoch(self, number: int, loss: float) -> None:
        """Note that an epoch, from 1, is over."""
        self._told = self._clock()
        self._line(number, f"over  loss {loss:.3f}")

    def _line(self, epoch: int, what: str) -> None:
        rate = self._seen / max(self._clock() - self._began, 1e-9)
        left = (self._epochs - self._done) * self._images - self._seen
        minutes = max(0.0, left / rate / 60) if rate else 0.0
        self._say(
            f"epoch {epoch}/{self._epochs}  {what}  {rate:.1f} images/s  {minutes:.0f} min left"
        )
