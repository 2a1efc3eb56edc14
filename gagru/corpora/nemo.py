"""nEMO (Christop 2024, arXiv:2404.06292): Polish, CC BY-NC-SA 4.0.

`samples/EB0_anger_1.wav`: actor, emotion, number. Nine actors; 4,481 files, 3,076 of the four emotions. The number is
not that of the text. To be had at https://github.com/amu-cai/nEMO.
"""

from gagru.corpora.filenames import FileNames

SPEAKERS = {
    "EB0": "F",
    "IC0": "F",
    "KD0": "F",
    "KS0": "M",
    "MK0": "F",
    "MP0": "M",
    "SM0": "M",
    "TP0": "M",
    "WR0": "M",
}
LABELS = {
    "anger": "anger",
    "happiness": "happiness",
    "neutral": "neutrality",
    "sadness": "sadness",
    "fear": None,
    "surprised": None,
}
FILES = FileNames(
    corpus="nEMO",
    like="like samples/EB0_anger_1.wav",
    pattern=rf"(?P<speaker>{'|'.join(SPEAKERS)})_(?P<emotion>[a-z]+)_[0-9]+",
    emotions=LABELS,
    speakers=SPEAKERS,
    counts={"happiness": 749, "neutrality": 809, "sadness": 769, "anger": 749},
)

sessions, read, check_counts = FILES.sessions, FILES.read, FILES.check_counts
