"""Formats of keys and values."""

from clickstream.engine.serde.codec import Codec, DecodeError

__all__ = ["Codec", "DecodeError"]
