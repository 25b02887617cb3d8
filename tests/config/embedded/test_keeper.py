"""What the keeper makes of a PostgreSQL that fails to start; a script stands in for it."""

from pathlib import Path

import pytest

from config.embedded.account import servers_account
from config.embedded.cluster import Cluster
from config.embedded.errors import DidNotStart, DiskFull
from config.embedded.keeper import Keeper
from config.embedded.places import Places
from config.embedded.wheels import PostgresBinaries


def cluster_whose_initdb_says(words: str, places: Places) -> Cluster:
    """A cluster on a PostgreSQL whose `initdb` only says `words` and fails."""
    places.make_state_dir()
    initdb = places.state_dir / "bin" / "initdb"
    initdb.parent.mkdir()
    initdb.write_text(f"#!/bin/sh\necho '{words}'\nexit 1\n")
    for path in (initdb, *initdb.parents[: len(initdb.parents) - 2]):
        path.chmod(0o755)
    return Cluster(places.data_dir, PostgresBinaries(places.state_dir, "18"), servers_account())


@pytest.fixture
def places(state_dir: Path) -> Places:
    return Places(state_dir)


@pytest.mark.parametrize("words", ["could not write: No space left on device", "HINT:  Check free disk space."])
def test_a_full_disk_is_named_as_such(places, words):
    cluster = cluster_whose_initdb_says(words, places)
    with pytest.raises(DiskFull, match="MB are left"):
        Keeper(places, ("postgres",))._start_postgres(cluster)
    assert not places.data_dir.exists()


def test_any_other_failure_shows_the_last_lines_of_the_log(places):
    cluster = cluster_whose_initdb_says("the moon is in the way", places)
    with pytest.raises(DidNotStart, match="the moon is in the way"):
        Keeper(places, ("postgres",))._start_postgres(cluster)
