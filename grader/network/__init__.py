"""The network as a file: found, checked, loaded into ONNX Runtime. `vision` says what it is asked and answers."""

from grader.network.card import NO_NETWORK, Card, NetworkError, shipped_network, verify
from grader.network.session import OnnxNetwork, hash_of, limits_of, load_network

__all__ = [
    "NO_NETWORK",
    "Card",
    "NetworkError",
    "OnnxNetwork",
    "hash_of",
    "limits_of",
    "load_network",
    "shipped_network",
    "verify",
]
