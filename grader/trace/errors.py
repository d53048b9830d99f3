"""What can be wrong with a proof, label, event, lot or tray: each leaf says when it is raised and what to do."""

from grader.errors import GraderError


class UnreadableError(GraderError, ValueError, code="trace-unreadable"):
    """A file or text is no proof, checkpoint, request or key of ours at all. Fetch it again; name the right file."""


class BadProofError(GraderError, ValueError, code="trace-bad-proof"):
    """A proof can be read and does not hold, or nobody who is trusted vouches for it. Do not rely on what it says."""


class TrustFileError(GraderError, ValueError, code="trace-trust-file"):
    """A trust file is not there or contains mistakes. Get it anew from the cooperative, not from where the proof is."""


class NotCanonicalError(GraderError, ValueError, code="trace-not-canonical"):
    """A value has no canonical bytes: NaN, a number that would be rounded, a key twice. Write the number as a text."""


class WitnessRefusalError(GraderError, ValueError, code="trace-witness-refusal"):
    """A witness does not cosign: unknown log, unknown key, or a history that was rewritten. Keep the file; ask why."""


class IdentityError(GraderError, ValueError, code="trace-identity"):
    """A number or code breaks GS1's rules, or is none of ours. Type or scan it again; mend the station's settings."""


class DemoNumberError(GraderError, ValueError, code="trace-demo-number"):
    """A made-up number outside of demo mode, or a real one in it. Enter the company prefix that GS1 allotted to you."""


class TemplateError(GraderError, ValueError, code="trace-template"):
    """A label's template is not there or contains mistakes. Mend what the sentence names; start from a shipped one."""


class LabelError(GraderError, ValueError, code="trace-label"):
    """A label cannot be made of what it should say: a word is missing, too long, or has a character without a shape."""


class EventError(GraderError, ValueError, code="trace-event"):
    """An event says what cannot be: nothing came out, a time without its zone, a wrong check digit. Mend the record."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        """A sentence each."""
        super().__init__("the event cannot be written: " + "; ".join(problems))


class LogAlteredError(GraderError, ValueError, code="trace-log-altered"):
    """The books do not hold what their log says, or what was signed. Keep the file; put a backup in its place."""


class NotPrintedError(GraderError, OSError, code="trace-not-printed"):
    """A label did not come out of the printer, or nobody knows whether it did. Do what the sentence says."""


class NoSuchThingError(GraderError, LookupError, code="trace-no-such-thing"):
    """The books know no such lot, tray, grower or hold. Look at how it is spelt."""


class HeldError(GraderError, PermissionError, code="trace-held"):
    """Something is held and what was asked would sell it. Look at why; a manager releases what may be released."""


class AgainstRulesError(GraderError, ValueError, code="trace-against-rules"):
    """What was asked breaks a rule of lots and trays; the sentence says which, and what would help."""
