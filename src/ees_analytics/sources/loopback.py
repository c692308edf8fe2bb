"""Which hosts are this machine: only to them may a request leave without TLS."""

import ipaddress


def is_loopback(host: str) -> bool:
    """True for an address of this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
