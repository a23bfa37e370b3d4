"""The process of a lane: it is told its work, then takes the number of a month and answers with what happened in it."""

import gc
import os
import pickle
from multiprocessing import connection

from qudao.shell import starting


def serve(pipe: connection.Connection, name: str, niceness: int) -> None:
    """Serve months until the pipe is closed, giving way to other lanes. What breaks is sent back and ends the lane.

    The work comes first, pickled (demo, entities, deals, purchases): it can only be read once Django is ready.
    """
    os.nice(niceness)
    starting.ready(name=name)
    from qudao.kernel import periods
    from qudao.shell.demo import cast, settling, trade
    from qudao.shell.demo.lane import Lane

    try:
        demo, entities, bargains, buys = pickle.loads(pipe.recv_bytes())
    except EOFError:  # the ground could not be laid
        return
    # Nothing here lives in cycles for long: looking for them each time costs a tenth of the whole.
    gc.set_threshold(100_000, 50, 50)
    lane = Lane(demo, entities)
    months = trade.months(demo)
    for deal in bargains:
        lane.deal(deal)
    for buy, until in buys:
        lane.buy(buy, until=until)
    settling.amend(lane)
    try:
        while True:
            number = pipe.recv()
            if number:
                settling.after(lane, months[number - 1])
            pipe.send(lane.run(cast.instant(periods.add_months(months[number], 1), 0)))
    except EOFError:
        return
    except Exception as error:
        pipe.send(RuntimeError(f"{type(error).__name__}: {error}"))
        raise
