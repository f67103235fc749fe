"""What can be made to go wrong: a server's queue of faults, and how each is done to an answer or to its connection."""

from mockserver.faults.application import apply, pause
from mockserver.faults.documents import FaultError
from mockserver.faults.protocol import FaultyProtocol, connection
from mockserver.faults.queue import Drawn, Fault, Faults
from mockserver.faults.sockets import send_badly

__all__ = ["Drawn", "Fault", "FaultError", "Faults", "FaultyProtocol", "apply", "connection", "pause", "send_badly"]
