"""A CardDAV server over a workspace of contactcore, on Radicale.

Phones, Thunderbird and DAVx5 read and write the contacts of a workspace under the rights of the user who signs in.
`application` returns a WSGI application. It needs the extra `carddav`; Radicale is licensed under the GPL-3.

>>> from contactcore import User, Workspace
>>> from contactcore_memory import MemoryStorage
>>> from contactcore_radicale import application
>>> workspace = Workspace(MemoryStorage(), name="acme")
>>> serve = application(workspace, {"amelie": User("amelie")}, check_password=lambda login, password: False)
"""

from contactcore_radicale.application import application

__all__ = ["application"]
