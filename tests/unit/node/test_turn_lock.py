import threading
import time

from clickstream.node.turn_lock import TurnLock


def test_a_request_gets_in_between_a_busy_loops_turns() -> None:
    lock = TurnLock()
    stop = threading.Event()
    turns = [0]

    def loop() -> None:
        while not stop.is_set():
            with lock.after_requests():
                turns[0] += 1
                time.sleep(0.002)

    busy = threading.Thread(target=loop)
    busy.start()
    waited = []
    for _ in range(20):
        before = turns[0]
        with lock:
            waited.append(turns[0] - before)
    stop.set()
    busy.join(10)
    # It can lose the race for the turn that was about to begin, but not the one after.
    assert max(waited) <= 2


def test_it_can_be_entered_again_by_its_holder() -> None:
    lock = TurnLock()
    with lock, lock, lock.after_requests():
        pass
    entered: list[int] = []
    thread = threading.Thread(target=lambda: lock.__enter__() and entered.append(1))
    thread.start()
    thread.join(10)
    assert entered
