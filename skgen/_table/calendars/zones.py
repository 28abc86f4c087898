"""The wall clock of a time zone, as ticks of a unit."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from re import fullmatch
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# seconds between two looks at a clock; it is hardly set twice in four weeks
LOOK = 28 * 86_400
AROUND = 65  # looks around each time, for changes of the clock in five years
# those of which Python's datetimes have the time in every zone
LOOKS = (-25_600, 104_700)


@dataclass(frozen=True)
class Clock:
    """Wall clock of a time zone.

    Parameters
    ----------
    changes : tuple of int
        Ticks of UTC at which the clock is set, in ascending order.
    offsets : tuple of int
        Ticks by which it is ahead of UTC before, between and after the changes.
    """

    changes: tuple
    offsets: tuple

    def shows(self, ticks):
        """What the clock shows; where it shows an hour again, the end of that hour.

        So its time never goes back: where the clock is put back, it stands still until
        the time comes that it has not shown before.

        Returns
        -------
        wall : ndarray of int64 of shape (n,)
        again : ndarray of bool of shape (n,)
            Where it stands still.
        """
        changes, offsets = self._arrays()
        part = count_not_above(changes, ticks)
        wall = ticks + offsets[part]
        latest = np.append(np.iinfo(np.int64).min, self._ends() - 1)[part]
        return np.maximum(wall, latest), wall <= latest

    def reaches(self, wall):
        """First ticks of UTC at which the clock shows a time or a later one."""
        changes, offsets = self._arrays()
        part = count_not_above(self._ends(), wall)
        start = np.append(np.iinfo(np.int64).min, changes)
        return np.maximum(wall - offsets[part], start[part])

    def _arrays(self):
        return np.array(self.changes, np.int64), np.array(self.offsets, np.int64)

    def _ends(self):
        """Latest time that the clock has shown before each change."""
        changes, offsets = self._arrays()
        return np.maximum.accumulate(changes + offsets[:-1])


def count_not_above(edges, x):
    """``np.searchsorted(edges, x, side="right")``, faster for many x in any order.

    Parameters
    ----------
    edges : ndarray of int64 of shape (n_edges,)
        Sorted.
    x : ndarray of int64 of shape (n,)
    """
    if len(edges) < 2:
        return np.searchsorted(edges, x, side="right")
    width = max(1, int(np.diff(edges).min()))
    start, end = int(edges[0]) - width, int(edges[-1])
    n_blocks = (end - start) // width + 1
    if n_blocks > len(x) or start < -(2**63) or end - start >= 2**63:
        return np.searchsorted(edges, x, side="right")
    # blocks of the least distance between edges hold one of them at most
    below = np.searchsorted(edges, start + width * np.arange(n_blocks), side="right")
    part = below[(x.clip(start, end) - start) // width]
    return part + ((part < len(edges)) & (np.append(edges, 0)[part] <= x))


def find_zone(zone):
    """Time zone of its name, such as "Europe/Berlin" or "+05:30".

    A time zone comes back as it is; None stands for a name that Python does not know.
    """
    if isinstance(zone, tzinfo):
        return zone
    ahead = fullmatch(r"([+-])(\d\d):?(\d\d)", zone)
    if ahead:
        sign, hours, minutes = ahead.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(-offset if sign == "-" else offset)
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # of a folder's name
        return None


def read_clock(zone, ticks, per_second):
    """Wall clock of a time zone around some times.

    Parameters
    ----------
    zone : tzinfo
    ticks : ndarray of int64 of shape (n,)
        Times of UTC. Changes of the clock are found within five years of any of them.
    per_second : int
        Ticks of a second.

    Returns
    -------
    clock : Clock or None
        None if the clock always shows UTC, or times between two ticks.
    """
    held = 2**63 // (LOOK * per_second) - 1  # by int64
    looks = _looks_around(ticks // (LOOK * per_second)).clip(-held, held)
    starts = (np.unique(looks) * LOOK).tolist()
    offsets = [_utc_offset(zone, start) for start in starts]
    changes, kept = [], offsets[:1]
    for i in range(len(starts) - 1):
        if offsets[i] != offsets[i + 1]:
            changes.append(_change(zone, starts[i], starts[i + 1], offsets[i]))
            kept.append(offsets[i + 1])
    ahead = [divmod(offset * per_second, timedelta(seconds=1)) for offset in kept]
    if not any(kept) or any(rest for _, rest in ahead):
        return None
    changes = tuple(change * per_second for change in changes)
    return Clock(changes, tuple(whole for whole, _ in ahead))


def _looks_around(looks):
    """All looks near some, which may be given many times."""
    blocks = np.unique(looks // AROUND)
    blocks = np.unique(blocks[:, None] + np.arange(-1, 2))
    near = blocks[:, None] * AROUND + np.arange(AROUND + 1)
    return near.ravel().clip(*LOOKS)


def _utc_offset(zone, second):
    # through UTC, since not every platform has times before 1970
    return (EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()


def _change(zone, start, end, offset):
    """First second after `start` at which the clock no longer has an offset."""
    while end - start > 1:
        middle = (start + end) // 2
        if _utc_offset(zone, middle) == offset:
            start = middle
        else:
            end = middle
    return end
