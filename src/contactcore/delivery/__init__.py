"""Delivery: sends the messages in the outboxes of all workspaces of a storage (NOT-7).

>>> from contactcore_memory import MemoryStorage
>>> server = SmtpServer.parse("smtp://localhost?tls=none")
>>> with Deliverer(MemoryStorage(), SmtpTransport(server), sender="Bois & Fils <no-reply@bois.fr>") as deliverer:
...     deliverer.run_once().sent
0
"""

from contactcore.delivery.command import deliver
from contactcore.delivery.deliverer import Deliverer, Tally, Transport
from contactcore.delivery.smtp import SmtpServer, SmtpTransport
from contactcore.formats.letters.envelope import Envelope
from contactcore.rules.redelivery import Outcome

__all__ = ["Deliverer", "Envelope", "Outcome", "SmtpServer", "SmtpTransport", "Tally", "Transport", "deliver"]
