"""Text in Chinese, English or both to arrays, without a language switch."""

from lepton_ai.codecs.text.codec import TextCodec

__all__ = ["TextCodec"]
