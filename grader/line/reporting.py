"""The line at one moment, in the words that the web process and its clients understand."""

from collections import deque

from grader.grading import Outlet
from grader.line.commands import InputsReport, OutletReport, OutputsReport, ReferencesReport, StateReport, TrayReport
from grader.line.outlets import Place
from grader.line.records import Fortune
from grader.line.references import ReferenceCheck
from grader.line.station import Station

RATE_OVER_S = 10.0
"""Fruit per second are those of the last so many seconds."""
CLOSED = "This outlet takes nothing: {}."


class Reporter:
    """Numbers its reports, and knows how many fruit there were a moment ago."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._sequence = 0
        self._counted: deque[tuple[float, int]] = deque()

    def look(self, at_unix_s: float, now_s: float, speed_mm_s: float, encoder_count: int) -> StateReport:
        """The station now; `now_s` is the monotonic clock's."""
        station, machine = self._station, self._station.machine
        self._sequence += 1
        return StateReport(
            sequence=self._sequence,
            at_unix_s=at_unix_s,
            state=machine.state,
            mode=machine.mode,
            why=machine.why,
            sphere_check=station.line.references.result,
            classes_allowed=machine.classes_allowed,
            override_by=None if machine.override is None else machine.override.who,
            lot=station.line.feed.lot,
            pass_number=station.line.feed.pass_number,
            outlets=tuple(self._outlet(outlet) for outlet in Outlet),
            lanes=station.line.lanes,
            recorded=station.line.tally.recorded,
            recheck_crate=station.watch.in_crate,
            alarms=tuple(alarm.report() for alarm in station.alarms.active),
            inputs=self._inputs(),
            outputs=self._outputs(),
            calibration=station.calibration.report,
            references=_references(station.line.references),
            belt_speed_mm_s=speed_mm_s,
            fruit_per_s=self._rate(now_s, station.line.tally.recorded),
            encoder_count=encoder_count,
        )

    def _inputs(self) -> InputsReport:
        inputs = self._station.machine.inputs
        return InputsReport(
            e_stop_pressed=inputs.e_stop_pressed,
            door_open=inputs.door_open,
            power_failing=inputs.power_failing,
            belt_stopped=inputs.belt_stopped,
            air_pressure_ok=inputs.air_pressure_ok,
            encoder_ok=inputs.encoder_ok,
        )

    def _outputs(self) -> OutputsReport:
        outputs = self._station.machine.outputs
        return OutputsReport(
            belt_speed_mm_s=outputs.belt_speed_mm_s,
            infeed_on=outputs.infeed_on,
            valves_enabled=outputs.valves_enabled,
            lamp=outputs.lamp,
            lamp_flashes=outputs.lamp_flashes,
            buzzer=outputs.buzzer,
        )

    def _outlet(self, outlet: Outlet) -> OutletReport:
        """What was sent there; the recheck crate takes what the line chose it for."""
        tally = self._station.line.tally
        place = self._station.line.outlets.places.get(outlet)
        delivered, recheck, unconfirmed = (
            tally.fates[outlet, fortune] for fortune in (Fortune.DELIVERED, Fortune.RECHECK, Fortune.UNCONFIRMED)
        )
        obstacle = None if place is None else place.obstacle
        return OutletReport(
            outlet=outlet,
            open=outlet is Outlet.RECHECK or (place is not None and obstacle is None),
            why_closed=None if obstacle is None else CLOSED.format(obstacle.replace("_", " ")),
            tray_id=None if place is None else str(place.tray),
            tray=self._recheck_crate() if outlet is Outlet.RECHECK else _tray(place),
            decided=tally.decided[outlet],
            delivered=delivered,
            recheck=recheck,
            unconfirmed=unconfirmed,
            in_flight=tally.decided[outlet] - delivered - recheck - unconfirmed,
        )

    def _recheck_crate(self) -> TrayReport:
        watch = self._station.watch
        return TrayReport(fruit=watch.in_crate, most_fruit=watch.profile.recheck_count, estimated_weight_g=None)

    def _rate(self, now_s: float, recorded: int) -> float:
        self._counted.append((now_s, recorded))
        while now_s - self._counted[0][0] > RATE_OVER_S:
            self._counted.popleft()
        since_s, before = self._counted[0]
        # A record that the journal refuses is taken back, so that there may be fewer than before.
        return max(0.0, (recorded - before) / (now_s - since_s)) if now_s > since_s else 0.0


def _references(check: ReferenceCheck) -> ReferencesReport | None:
    wanted = check.wanted
    if not check.spheres_mm and check.patch_red is None:
        return None
    return ReferencesReport(
        sphere_mm=wanted.sphere_mm,
        measured_mm=tuple(check.spheres_mm.get(true_mm) for true_mm in wanted.sphere_mm),
        within_mm=wanted.sphere_within_mm,
        patch_red=check.patch_red,
        true_patch_red=wanted.patch_red,
        patch_within=wanted.patch_within,
    )


def _tray(place: Place | None) -> TrayReport | None:
    if place is None:
        return None
    return TrayReport(
        fruit=place.delivered,
        most_fruit=place.capacity,
        estimated_weight_g=place.delivered_g,
        most_weight_g=place.limit_g,
    )
