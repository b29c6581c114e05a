from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reattune.journal.uuid7 import uuid7


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1)), st.binary(min_size=10, max_size=10)
)
def test_it_is_a_uuid_of_version_7_that_sorts_by_time(when: datetime, randomness: bytes) -> None:
    made = uuid7(when.replace(tzinfo=UTC), randomness)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == int(when.replace(tzinfo=UTC).timestamp() * 1000)


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        uuid7(datetime(2026, 1, 1), bytes(10))


def test_too_little_randomness_is_refused() -> None:
    with pytest.raises(ValueError, match="ten random bytes"):
        uuid7(datetime(2026, 1, 1, tzinfo=UTC), bytes(4))
