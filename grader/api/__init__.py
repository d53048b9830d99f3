"""What upstream systems and the touchscreen may ask and say, over the network."""
