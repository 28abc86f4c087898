import pytest

from skgen._cli import memory
from skgen._cli.messages import Misuse


def test_tables_larger_than_the_memory_are_refused(monkeypatch):
    monkeypatch.setattr(memory, "_memory", lambda: 64 * 1000)
    memory.check_size(100, 10)
    with pytest.raises(Misuse, match=r"-n 101: .* which holds 100 at the most"):
        memory.check_size(101, 10)
    with pytest.raises(Misuse, match="which holds 1 at"):
        memory.check_size(5, 10_000)


def test_systems_that_do_not_say_are_trusted(monkeypatch):
    monkeypatch.setattr(memory, "_memory", lambda: None)
    memory.check_size(10**12, 100)
    monkeypatch.undo()
    monkeypatch.delattr(memory.os, "sysconf", raising=False)
    assert memory._memory() is None
