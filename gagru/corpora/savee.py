"""SAVEE, Surrey audio-visual expressed emotion (Haq, Jackson 2010, doi:10.4018/978-1-61520-919-4.ch017): English.

`AudioData/DC/a01.wav`, or `DC_a01.wav` as it is passed on: actor, emotion, number. Four men; 480 files, 300 of the four
emotions. Numbers are counted for each emotion, and most texts are said in one emotion only: 3 of 15 are common to all.
For research, after registration at http://kahlan.eps.surrey.ac.uk/savee/.
"""

from gagru.corpora.filenames import FileNames

LABELS = {
    "a": "anger",
    "h": "happiness",
    "n": "neutrality",
    "sa": "sadness",
    "d": None,
    "f": None,
    "su": None,
}
FILES = FileNames(
    corpus="SAVEE",
    like="like DC/a01.wav or DC_a01.wav",
    pattern=r"(?P<speaker>DC|JE|JK|KL)[/_](?P<emotion>[a-z]{1,2})[0-9]{2}",
    emotions=LABELS,
    speakers=dict.fromkeys(("DC", "JE", "JK", "KL"), "M"),
    counts={"happiness": 60, "neutrality": 120, "sadness": 60, "anger": 60},
)

sessions, read, check_counts = FILES.sessions, FILES.read, FILES.check_counts
