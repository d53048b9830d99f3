"""The running line: machine states, tracking by encoder, ejection plan, processes and commands.

This file imports nothing: the web process loads `commands` and `states` through it and must stay free of OpenCV.
"""
