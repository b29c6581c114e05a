"""Names for the arrays that the science passes around, and the one sum that depends on nothing but its terms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


def row_sums(values: Floats, where: Flags) -> Floats:
    """Sums of the marked ``values`` of each row, (rows, columns) to (rows,), from left to right.

    NumPy's own sum of a row groups its terms by the row's width, so that a client's figures would change in the last
    bit with the grid it happens to share.
    """
    if not values.shape[1]:
        return np.zeros(len(values))
    sums: Floats = np.cumsum(np.where(where, values, 0.0), axis=1)[:, -1]
    return sums
