"""What Prometheus reads, with the names that an operator would alert on."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from grader.api.service import Service
from grader.line.commands import StateReport
from grader.line.states import State
from grader.store.upstream.posting import endpoints
from grader.store.upstream.sums import END_MIN, Stretch, counts

CONTENT_TYPE = CONTENT_TYPE_LATEST
PREFIX = "grader_"


class Station(Collector):
    """The station at the moment at which it is asked; nothing is kept between questions."""

    def __init__(self, service: Service, trouble: str | None) -> None:
        self._service, self._trouble = service, trouble

    def collect(self) -> Iterator[Metric]:
        """Collector's."""
        report = self._service.line.report
        yield _gauge("line_up", "1: a line runs and says so.", report is not None)
        yield _gauge("books_behind", "1: the line's records do not come into the books.", self._trouble is not None)
        yield _gauge("event_listeners", "Who listens to the live feed.", self._service.live.listeners)
        if report is not None:
            yield from _line(report)
        yield from self._books()

    def _books(self) -> Iterator[Metric]:
        fruit = CounterMetricFamily(
            f"{PREFIX}fruit", "Fruit that have left the belt.", labels=("outcome", "outlet", "grade")
        )
        weight = CounterMetricFamily(
            f"{PREFIX}estimated_weight_kilograms", "Their estimated weight.", labels=("outcome", "outlet", "grade")
        )
        waiting = GaugeMetricFamily(f"{PREFIX}deliveries_waiting", "Events that are owed.", labels=("endpoint",))
        paused = GaugeMetricFamily(f"{PREFIX}deliveries_paused", "1: nothing is sent.", labels=("endpoint",))
        with self._service.asking() as books:
            for row in counts(books, [Stretch(0, END_MIN)], ("outcome", "outlet", "grade"), {}):
                labels = (row["outcome"], row["outlet"] or "", row["grade"] or "")
                fruit.add_metric(labels, row["fruit"])
                weight.add_metric(labels, row["weight_mg"] / 1e6)
            for endpoint in endpoints(books):
                waiting.add_metric((endpoint["name"],), endpoint["waiting"])
                paused.add_metric((endpoint["name"],), endpoint["state"] == "paused")
        yield from (fruit, weight, waiting, paused)


def _line(report: StateReport) -> Iterator[Metric]:
    yield _gauge("machine_state", "PackML's number of the state (OPC 30050).", report.state.value)
    states = GaugeMetricFamily(f"{PREFIX}machine_in_state", "1: the machine is in it.", labels=("state",))
    for state in State:
        states.add_metric((state.label,), state is report.state)
    yield states
    yield _gauge("machine_mode", "PackML's number of the mode.", report.mode.value)
    yield _gauge("classes_allowed", "0: fruit get no class, the spheres have not passed.", report.classes_allowed)
    yield _gauge("belt_speed_millimetres_per_second", "By the encoder.", report.belt_speed_mm_s)
    yield _gauge("fruit_per_second", "Recorded, over the last 10 s.", report.fruit_per_s)
    yield _gauge("recheck_crate_fruit", "In the crate since it was emptied.", report.recheck_crate)
    yield _gauge("fruit_balanced", "0: recorded fruit are not all accounted for.", report.balanced)
    unconfirmed = sum(outlet.unconfirmed for outlet in report.outlets)
    yield _gauge("fruit_unconfirmed", "Of this run: nobody saw where they went.", unconfirmed)
    opened = GaugeMetricFamily(f"{PREFIX}outlet_open", "0: its fruit go to recheck.", labels=("outlet",))
    for outlet in report.outlets:
        opened.add_metric((outlet.outlet.value,), outlet.open)
    yield opened
    alarms = GaugeMetricFamily(
        f"{PREFIX}alarm_active", "1: it stands; its priority is 1 (low) to 4 (critical).",
        labels=("code", "subject", "priority"),
    )  # fmt: skip
    for alarm in report.alarms:
        alarms.add_metric((alarm.code, alarm.subject or "", str(alarm.priority)), 1)
    yield alarms


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}{name}", help_text, value=float(value))


def exposition(service: Service, trouble: str | None) -> bytes:
    """All of it, in Prometheus's text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Station(service, trouble))
    return generate_latest(registry)
