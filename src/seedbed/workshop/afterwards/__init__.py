"""What people ask and offer beside the boards, most of it when the workshop is over.

Few acts of one person each, never typed together: so nobody holds this stream in memory. Whoever acts reads it, decides
and appends, from a page and from the command line alike (`record`).
"""

from seedbed.workshop.afterwards.deciding import Answer, Offered
from seedbed.workshop.afterwards.folding import Afterwards, Erasure, Offer, Stopped
from seedbed.workshop.afterwards.recording import Refused, read_afterwards, record

__all__ = ["Afterwards", "Answer", "Erasure", "Offer", "Offered", "Refused", "Stopped", "read_afterwards", "record"]
