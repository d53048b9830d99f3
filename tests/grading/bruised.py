"""A criterion that none of the shipped rule packs has."""

BRUISED = """
[[criteria]]
quantity = "bruise"

[[criteria.limits]]
value = 60
unit = "mm2"
above = "bruised"
below = "Super"
side = "below"
decision = "simple"
status = "house rule"
source = "a test"

[[substandard]]
reason = "bruised"
outlet = "processing"
en = "bruised"
"""
