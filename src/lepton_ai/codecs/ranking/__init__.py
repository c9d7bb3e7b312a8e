"""Recommendation: histories to arrays, and scores of items to ranked lists."""

from lepton_ai.codecs.ranking.history import HistoryCodec
from lepton_ai.codecs.ranking.ids import IdIndex
from lepton_ai.codecs.ranking.options import Options, RankingOptionsCodec
from lepton_ai.codecs.ranking.top_items import TopItemsCodec

__all__ = ["HistoryCodec", "IdIndex", "Options", "RankingOptionsCodec", "TopItemsCodec"]
