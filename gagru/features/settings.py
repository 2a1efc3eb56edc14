"""The settings that feature sets of frames share."""

from gagru.task.settings import COUNT, OPEN, PAPER, Setting, setting

# Of a feature set, what the normalising takes and the extraction does not.
OF_NORMALISING = ("max_frames", "downsample", "remainder")


def downsampling(frames: int, whose: str = PAPER) -> dict[str, Setting]:
    """How many frames `gagru.features.normalise` averages into a step, and what becomes of those that are left."""
    return {
        "max_frames": setting(
            "all",
            "Frames heard of an utterance, the first so many, or `all`; after the z-score, before the mean",
            OPEN,
            anyOf=[{"enum": ["all"]}, COUNT],
        ),
        "downsample": setting(frames, "Frames averaged into one step, after normalisation", whose, **COUNT),
        "remainder": setting(
            "average",
            "Last frames, if too few for a step: `average` makes a step of them, `drop` omits them if there are others",
            OPEN,
            enum=["average", "drop"],
        ),
    }
