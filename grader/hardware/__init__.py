"""One small protocol for each thing on the bench: camera, encoder, ejector, lamp tower, e-stop, printer, scale."""
