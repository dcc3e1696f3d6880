"""The journal of every job: what was asked, what was sent, what became of it. Written before money is spent."""

from uni_cli.ledger.owners import TakenOver
from uni_cli.ledger.rights import Budget
from uni_cli.ledger.store import Ledger, Reservation
from uni_cli.ledger.views import Span, Summary

__all__ = ["Budget", "Ledger", "Reservation", "Span", "Summary", "TakenOver"]
