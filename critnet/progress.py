"""Progress on standard error: a live line on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import sys
import time

#: Seconds between two lines of one stage where standard error is not a terminal.
QUIET_INTERVAL = 5.0
#: Seconds a stage must last before it is shown at all: cached kernels load within it.
FIRST_LINE_AFTER = 0.7
#: Seconds between two redraws of the live line.
REDRAW_INTERVAL = 0.1
#: Seconds after which a stage's rate and the time it will still take are shown.
ESTIMATE_AFTER = 2.0


class ProgressLine:
    """Shows "stage, done of total"; safe to call thousands of times a second."""

    def __init__(self) -> None:
        self._stage = ""
        self._begun = self._shown = 0.0
        self._first = 0
        self._live = 0

    def __call__(self, stage: str, done: int, total: int | None, *, at_once: bool = False) -> None:
        """Note the state of a stage; write it at once, or if the last writing is long ago."""
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._begun, self._shown = stage, now, 0.0
            self._first = done
        terminal = sys.stderr.isatty()
        interval = REDRAW_INTERVAL if terminal else QUIET_INTERVAL
        early = now - self._begun < FIRST_LINE_AFTER or now - self._shown < interval
        if early and not at_once:
            return
        self._shown = now
        text = f"{stage}, {done}" + (f" of {total}" if total is not None else "")
        if total is not None and done > self._first and now - self._begun >= ESTIMATE_AFTER:
            rate = (done - self._first) / (now - self._begun)
            text += f", {rate:.3g}/s, {duration(max(0, total - done) / rate)} left"
        if terminal:
            self._write("\r" + text.ljust(self._live))
            self._live = len(text)
        else:
            self._write(text + "\n")

    def clear(self) -> None:
        """Remove the live line, before anything else is written."""
        if self._live:
            self._write("\r" + " " * self._live + "\r")
            self._live = 0

    @staticmethod
    def _write(text: str) -> None:
        # Losing standard error must not stop a computation.
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except (OSError, ValueError):
            pass


def duration(seconds: float) -> str:
    """Seconds for people: 45 s, 12 min, 3 h 20 min, 4 d 7 h."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min"
    return f"{hours // 24} d {hours % 24} h"
