"""CREMA-D (Cao et al. 2014, doi:10.1109/TAFFC.2014.2336244): English, Open Database License.

`AudioWAV/1001_DFA_ANG_XX.wav`: actor, sentence, emotion, level. 91 actors, 12 sentences; 7,442 files, 4,900 of the four
emotions, one of them silent. The emotion is the acted one. To be had at https://github.com/CheyneyComputerScience/CREMA-D
(with Git LFS).
"""

from gagru.corpora.filenames import FileNames

LABELS = {
    "ANG": "anger",
    "HAP": "happiness",
    "NEU": "neutrality",
    "SAD": "sadness",
    "DIS": None,
    "FEA": None,
}
FILES = FileNames(
    corpus="CREMA-D",
    like="like AudioWAV/1001_DFA_ANG_XX.wav",
    # One file has a letter less at its end, 1040_ITH_SAD_X.
    pattern=r"(?P<speaker>10[0-9]{2})_(?P<text>[A-Z]{3})_(?P<emotion>[A-Z]{3})_(LO|MD|HI|XX?)",
    emotions=LABELS,
    speakers=dict.fromkeys(map(str, range(1001, 1092))),
    silent=("1076_MTI_SAD_XX",),
    counts={"happiness": 1271, "neutrality": 1087, "sadness": 1270, "anger": 1271},
)

sessions, read, check_counts = FILES.sessions, FILES.read, FILES.check_counts
