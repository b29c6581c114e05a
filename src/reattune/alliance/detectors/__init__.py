"""Every way to see a shift, under one signature: ``(ratings, options) -> events``.

``DETECTORS`` has them by name, with paper and cost. A new one is a new file here and a line below.
"""

from reattune.alliance.detectors.control_chart import CONTROL_CHART
from reattune.alliance.detectors.event import Detector, Event
from reattune.alliance.detectors.sudden_shift import SUDDEN_SHIFT

DETECTORS: dict[str, Detector] = {detector.name: detector for detector in (CONTROL_CHART, SUDDEN_SHIFT)}

__all__ = ["DETECTORS", "Detector", "Event"]
