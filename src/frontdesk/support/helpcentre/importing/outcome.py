"""What an import did."""

from dataclasses import dataclass, field


@dataclass
class Imported:
    """What an import did, what it could not take (file: why), and what it took though something in it is unknown."""

    new: int = 0
    changed: int = 0
    same: int = 0
    wrong: dict[str, str] = field(default_factory=dict)
    doubtful: dict[str, str] = field(default_factory=dict)
