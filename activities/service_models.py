"""AWS's service models, as botocore ships them: read once in each process, whoever asks."""

from __future__ import annotations

from functools import cache

from botocore.loaders import Loader, create_loader


@cache
def model_loader() -> Loader:
    """The loader, which keeps what it has read: services' models, and the rules of their endpoints.

    A session of botocore that is given it, as its component `data_loader`, makes the first client of an API in a tenth
    of the time if another session has made one.
    """
    return create_loader()
