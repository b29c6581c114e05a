"""Every way to see a rupture, under one signature: ``(ratings, options) -> events``.

``DETECTORS`` has them by name, with paper and cost, ours first. A new one is a new file here and a line below.
"""

from reattune.alliance.detectors.bayes import BAYES
from reattune.alliance.detectors.change_point import CHANGE_POINT
from reattune.alliance.detectors.control_chart import CONTROL_CHART
from reattune.alliance.detectors.drift import DRIFT
from reattune.alliance.detectors.drop import DROP
from reattune.alliance.detectors.event import Alarms, Detector, Event, Events
from reattune.alliance.detectors.sudden_shift import SUDDEN_SHIFT
from reattune.alliance.detectors.v_shape import V_SHAPE

DETECTORS: dict[str, Detector] = {
    detector.name: detector for detector in (BAYES, SUDDEN_SHIFT, CONTROL_CHART, V_SHAPE, DROP, DRIFT, CHANGE_POINT)
}

__all__ = ["DETECTORS", "Alarms", "Detector", "Event", "Events"]
