"""What a probability of rot or mould means: two limits, chosen on a stated cost (models/README.md)."""

from dataclasses import dataclass

from grader.grading.measurement import Decay


@dataclass(frozen=True, slots=True)
class DecayLimits:
    """From which probabilities on decay is suspected, and sure; 0 < suspected <= sure <= 1."""

    suspected: float
    """A person looks at fruit of this and more."""
    sure: float
    """Fruit of this and more are waste."""

    def __post_init__(self) -> None:
        """Raise ValueError where the limits are none."""
        if not 0 < self.suspected <= self.sure <= 1:
            raise ValueError(f"decay is suspected from {self.suspected} and sure from {self.sure}: no such limits")

    def judge(self, probability: float | None) -> Decay:
        """What is known of a fruit that decays with `probability`; None: nobody looked."""
        if probability is None:
            return Decay.NOT_ASSESSED
        if probability >= self.sure:
            return Decay.SURE
        # What is no number at all is no reason to trust the fruit.
        return Decay.NONE if probability < self.suspected else Decay.SUSPECTED
