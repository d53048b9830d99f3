"""The network as a file: found, checked, loaded into ONNX Runtime. `vision` says what it is asked and answers."""

from grader.network.card import Card, NetworkError, shipped_network, verify
from grader.network.session import OnnxNetwork, limits_of, load_network

__all__ = ["Card", "NetworkError", "OnnxNetwork", "limits_of", "load_network", "shipped_network", "verify"]
