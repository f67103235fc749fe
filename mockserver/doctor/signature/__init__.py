"""The signature doctor: which mistake, or which two together, make the signature that was sent."""

from mockserver.doctor.signature.diagnose import diagnose

__all__ = ["diagnose"]
