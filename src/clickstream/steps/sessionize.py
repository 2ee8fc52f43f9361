"""Makes sessions visible: pauses the click connector for longer than the session gap, again and again.

While the connector rests every session ends; each run after that begins new ones. However it ends, by
itself or interrupted at any point, the connector is resumed.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from clickstream.core.waiting import NotYet, Waiter
from clickstream.steps.context import StepContext
from clickstream.steps.find_connector import find_connector

__all__ = ["Guard", "SessionPlan", "Sessionized", "sessionize"]

TICK_S = 1.0
"""How often the time that is left is shown."""

RESUME_DEADLINE_S = 30.0

Guard = Callable[[str, str], AbstractContextManager[None]]
"""Given Connect's URL and the connector's name."""


@dataclass(frozen=True)
class SessionPlan:
    """How long and how often. Units: seconds.

    `pause_s` must be longer than the statements' session gap of 30 s, or sessions go on across the pause.
    """

    connector: str = "DATAGEN_CLICKSTREAM"
    warm_up_s: float = 90
    pause_s: float = 35
    run_s: float = 90
    cycles: int = 100


@dataclass(frozen=True)
class Sessionized:
    """What was done."""

    connector: str
    cycles: int


def sessionize(context: StepContext, plan: SessionPlan, guard: Guard | None = None) -> Sessionized:
    """Run the plan and return how many cycles were made.

    `guard` makes a context that resumes the connector if this very process is killed.
    Raises: NotFound for an unknown connector.
    """
    name = find_connector(context, plan.connector)
    with guard(context.endpoints.connect, name) if guard else nullcontext():
        try:
            pass_time(context, plan.warm_up_s, "warming up")
            for cycle in range(1, plan.cycles + 1):
                run_cycle(context, name, plan, f"cycle {cycle} of {plan.cycles}")
        finally:
            resume_surely(context, name)
    return Sessionized(name, plan.cycles)


def run_cycle(context: StepContext, name: str, plan: SessionPlan, label: str) -> None:
    """Pause, then let run."""
    context.connect.pause(name)
    wait_state(context, name, "PAUSED")
    pass_time(context, plan.pause_s, f"{label}: {name} paused, sessions end")
    context.connect.resume(name)
    wait_state(context, name, "RUNNING")
    pass_time(context, plan.run_s, f"{label}: {name} running, new sessions")


def wait_state(context: StepContext, name: str, state: str) -> None:
    """Return once the connector and its tasks are in `state`: Connect answers before it acts."""

    def probe() -> None:
        status = context.connect.status(name)
        seen = {status.state, *(task.state for task in status.tasks)}
        if seen != {state}:
            raise NotYet(f"it is {', '.join(sorted(seen))}")

    context.waiter.until(probe, f"{name} is {state}")


def pass_time(context: StepContext, seconds: float, label: str) -> None:
    """Let time pass, showing how much is left."""
    clock = context.waiter.clock
    end = clock.monotonic_s() + seconds
    while (left := end - clock.monotonic_s()) > 0:
        context.progress.waiting(f"{label} ({left:.0f} s left)")
        context.waiter.sleep(min(TICK_S, left))


def resume_surely(context: StepContext, name: str) -> None:
    """Resume the connector, trying for a while if Connect does not answer."""
    waiter = context.waiter
    patient = Waiter(RESUME_DEADLINE_S, waiter.interval_s, waiter.clock, waiter.sleep, waiter.progress)
    patient.until(lambda: context.connect.resume(name), f"{name} is resumed")
