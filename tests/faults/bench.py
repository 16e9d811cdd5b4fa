"""One scenario under test: its clean run, then runs that meet a fault, each judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faults.door import Door, Position
from tests.faults.evidence import APP, Evidence
from tests.faults.files import Folder, folder_of, public_key_of
from tests.faults.judge import untruths
from tests.faults.kinds import KINDS, Kind
from tests.faults.place import Place, opened
from tests.faults.program import Ran, run
from tests.faults.request import Named
from tests.faults.scenarios import Scenario
from tests.faults.state import OrgState, is_done

__all__ = ["Bench", "Case", "Outcome", "bench"]


# 5 instead of 2 where the org's setting had to be opened to see it.
_NOTHING_LEFT_TO_DO = (2, 5)


@dataclass(frozen=True)
class Case:
    """One run to be made: which fault meets which request."""

    kind: Kind
    position: Position


@dataclass(frozen=True)
class Outcome:
    """What came of one case. ``met``: the request was made, so that the fault took place."""

    met: bool
    ran: Ran
    untruths: tuple[str, ...]
    converged: bool
    again: str = ""


@dataclass
class Bench:
    """A scenario in its place, with what its clean run did."""

    scenario: Scenario
    place: Place
    before: Mapping[str, OrgState]
    files_before: Folder
    clean: Ran
    final: Mapping[str, OrgState]
    requests: tuple[tuple[Position, Named], ...]

    def cases(self) -> Iterator[Case]:
        """Every fault at every request that it says something about."""
        for position, named in self.requests:
            for kind in KINDS:
                if kind.fits(named) and (kind.in_fleets or not self.scenario.fleet):
                    yield Case(kind, position)

    def outcome(self, case: Case) -> Outcome:
        """Run a case, judge it, and run the command again without the fault."""
        self.place.restore()
        door = Door(self.place, case.kind, case.position)
        ran = self._run(self.scenario.arguments, door)
        self.place.settle()
        after = self.place.states()
        files = folder_of(self.place.folder)
        evidence = Evidence(
            ran, self.before, after, self.final, self.files_before, files, self.scenario
        )
        converged, again = self._converge(ran, after)
        return Outcome(door.met, ran, tuple(untruths(evidence)), converged, again)

    def _run(self, arguments: tuple[str, ...], door: Door | None = None) -> Ran:
        filled = tuple(self._newest_run() if part == "{run}" else part for part in arguments)
        place = self.place
        door = door or Door(place)
        with door.standing():
            return run(filled, place.folder, place.environment, place.time)

    def _newest_run(self) -> str:
        """The run to be rolled back: the last one of the preparation."""
        kept = sorted(self.place._kept.glob("folder/.provision/runs/**/record.json"))
        return kept[-1].parents[3].name

    def _converge(self, ran: Ran, after: Mapping[str, OrgState]) -> tuple[bool, str]:
        """Whether the same command ends well now, past the ways on that the messages name."""
        was_done = self._done(after, but_settings=True)
        said = ran
        tried: list[str] = []
        ways = dict(self.scenario.ways_on)
        while True:
            again = self._run(self.scenario.arguments)
            self.place.settle()
            now = self.place.states()
            tried.append(f"again: exit {again.code}")
            if self._done(now) and again.code == 0:
                return True, "; ".join(tried)
            if was_done and again.code in _NOTHING_LEFT_TO_DO and self._done(now):
                return True, "; ".join(tried)
            named = [words for words in ways if words in said.text or words in again.text]
            if not named:
                return False, "; ".join(tried) + "\n" + again.text[-1500:]
            way = ways.pop(named[0])
            tried.append(f"{' '.join(way)}: exit {self._run(way).code}")
            self.place.settle()
            said = again

    def _done(self, states: Mapping[str, OrgState], *, but_settings: bool = False) -> bool:
        done = all(
            is_done(self.before[name], states[name], final, but_settings=but_settings)
            for name, final in self.final.items()
        )
        return done and self._spec_fits(states)

    def _spec_fits(self, states: Mapping[str, OrgState]) -> bool:
        """Whether the spec names the certificate that the orgs have."""
        named = folder_of(self.place.folder).named
        certificates = filter(None, (state.certificate(APP) for state in states.values()))
        return all(public_key_of(each) == named for each in certificates)


@contextmanager
def bench(scenario: Scenario, home: Path) -> Iterator[Bench]:
    """A scenario, prepared below ``home``, with its clean run made."""
    with opened(home, fleet=scenario.fleet) as place:
        scenario.prepare(place)
        place.settle()
        place.keep()
        made = Bench(
            scenario, place, place.states(), folder_of(place.folder), Ran(0, "", ""), {}, ()
        )
        door = Door(place)
        made.clean = made._run(scenario.arguments, door)
        place.settle()
        assert made.clean.code == 0, f"{scenario.name}: {made.clean.code}\n{made.clean.text}"
        made.final = place.states()
        made.requests = tuple(door.seen)
        yield made
