"""Every command that a person types, and the composition root that chooses real or simulated devices."""
