"""How the network is trained; needs PyTorch."""
